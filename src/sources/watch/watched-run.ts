import type { LogReader } from '../../inspect/log.ts'
import type { ListedFile } from '../../files/store.ts'
import { fromMilliseconds } from '../../time.ts'
import { RunLogs } from '../run-logs.ts'
import { TaskLog, type Batch, type TellOptions } from '../task-log.ts'

/** A log of an open run, and the state of its file. */
export interface WatchedLog {
  readonly log: TaskLog
  file: ListedFile
  /** Its file was removed; what was told of it stands. */
  gone: boolean
}

/** A run whose end has not been told: its logs may grow, and others may join it. */
export class WatchedRun {
  readonly id: string
  readonly setId: string | undefined
  readonly #logs = new Map<string, WatchedLog>()
  readonly #all = new RunLogs([])
  #started = false

  constructor({ eval: spec }: TaskLog['header']) {
    this.id = spec.run_id
    this.setId = spec.eval_set_id
  }

  get logs(): readonly WatchedLog[] {
    return [...this.#logs.values()]
  }

  get all(): RunLogs {
    return this.#all
  }

  has(path: string): boolean {
    return this.#logs.has(path)
  }

  /** Takes a log in, or a new state of one that it has. */
  take(reader: LogReader, file: ListedFile): void {
    const known = this.#logs.get(file.path)
    if (known) {
      known.file = file
      known.gone = false
      return
    }
    const log = new TaskLog(reader, fromMilliseconds(file.modifiedMs ?? 0))
    this.#logs.set(file.path, { log, file, gone: false })
    this.#all.add(log)
  }

  lose(path: string): void {
    const known = this.#logs.get(path)
    if (known) known.gone = true
  }

  /** Its start, the first time. */
  *start(): Generator<Batch> {
    if (this.#started) return
    this.#started = true
    yield [this.#all.start()]
  }

  /** What one of its logs holds and has not been told. */
  async *tell(path: string, options: TellOptions, reader?: LogReader): AsyncGenerator<Batch> {
    yield* this.#logs.get(path)!.log.tell(options, reader)
  }

  /** What has become known of samples that are in none of its logs yet. */
  async *tellRunning(options: TellOptions): AsyncGenerator<Batch> {
    for (const { log, gone } of this.logs) if (!log.finished && !gone) yield* log.tellRunning(options)
  }

  close(): void {
    for (const { log } of this.logs) log.close()
  }

  /** All its logs are finished, and nothing has happened for so long that no other one is to be expected. */
  isOver(nowMs: number, quietMs: number): boolean {
    const isQuiet = ({ modifiedMs = 0 }: ListedFile): boolean => nowMs - modifiedMs >= quietMs
    return this.logs.every(({ log, file, gone }) => gone || (this.#all.isFinished(log) && isQuiet(file)))
  }
}
