import type { LogReader } from '../../inspect/log.ts'
import type { ListedFile } from '../../files/store.ts'
import { fromMilliseconds } from '../../time.ts'
import { RunLogs } from '../run-logs.ts'
import { TaskLog, type Batch, type TellOptions } from '../task-log.ts'

/** A log of an open run, and the state of its file. */
export interface WatchedLog {
  readonly log: TaskLog
  file: ListedFile
  /** When it became what it is, as far as this watcher knows; milliseconds since 1970. */
  changedMs: number
  /** Its file was removed; what was told of it stands. */
  gone: boolean
}

/** A run whose end has not been told: its logs may grow, and others may join it. */
export class WatchedRun {
  readonly id: string
  readonly setId: string | undefined
  /** By their start. */
  readonly all = new RunLogs([])
  readonly #logs = new Map<string, WatchedLog>()
  #started = false

  constructor({ eval: spec }: TaskLog['header']) {
    this.id = spec.run_id
    this.setId = spec.eval_set_id
  }

  get logs(): readonly WatchedLog[] {
    return [...this.#logs.values()]
  }

  get(path: string): WatchedLog | undefined {
    return this.#logs.get(path)
  }

  /** Takes a log in, or a new state of one that it has. */
  take(reader: LogReader, file: ListedFile, changedMs: number): void {
    const known = this.#logs.get(file.path)
    if (known) {
      Object.assign(known, { file, changedMs, gone: false })
      return
    }
    const log = new TaskLog(reader, fromMilliseconds(file.modifiedMs ?? 0))
    this.#logs.set(file.path, { log, file, changedMs, gone: false })
    this.all.add(log)
  }

  lose(path: string): void {
    const known = this.#logs.get(path)
    if (!known) return
    known.gone = true
    known.log.close()
  }

  /** Its start, the first time. */
  *start(): Generator<Batch> {
    if (this.#started) return
    this.#started = true
    yield [this.all.start()]
  }

  /** What has become known of samples that are in none of its logs yet. */
  async *tellRunning(optionsOf: (path: string) => TellOptions): AsyncGenerator<Batch> {
    for (const { log, gone } of this.logs) {
      if (!log.finished && !gone) yield* log.tellRunning(optionsOf(log.path))
    }
  }

  close(): void {
    for (const { log } of this.logs) log.close()
  }

  /** Nothing more is to be expected of any of its logs: they are finished or were removed. */
  get isSettled(): boolean {
    return this.logs.every(({ log, gone }) => gone || this.all.isFinished(log))
  }

  /** When something happened to it last. */
  get changedMs(): number {
    return Math.max(...this.logs.map(({ changedMs }) => changedMs))
  }

  /** Inspect removes the logs of tasks that came to nothing; a run of which nothing else is left has no end to tell. */
  get hasEnd(): boolean {
    return this.logs.some(({ log }) => this.all.isFinished(log))
  }
}
