import type { EvalspanError } from '../../errors.ts'
import { FileError } from '../../files/file-error.ts'
import { folderOf } from '../../files/paths.ts'
import type { ListedFile } from '../../files/store.ts'
import { badLog } from '../../inspect/bad-log.ts'
import { openLog, type LogReader } from '../../inspect/log.ts'
import { compareTimes } from '../../time.ts'
import { fire } from '../fire.ts'
import { withRunId, type Batch, type ReplayTarget, type TellOptions } from '../task-log.ts'
import { bufferState } from './buffer-state.ts'
import { FolderChanges } from './folder-changes.ts'
import { mayPass } from './may-pass.ts'
import { ReadAgain } from './read-again.ts'
import { Sleepers } from './sleepers.ts'
import { TaskAttempts } from './task-attempts.ts'
import { Troubles } from './troubles.ts'
import { WatchNotes, type NamedNote } from './watch-notes.ts'
import { WatchedRun } from './watched-run.ts'

export interface LogWatchOptions {
  readonly folders: readonly string[]
  /** What a watcher before this one noted, by path. */
  readonly notes: Iterable<NamedNote>
  /** What cannot be read; each once, and not while it may still be being written. */
  readonly onProblem: (error: EvalspanError) => void
  readonly to?: ReplayTarget | undefined
  /** For so many milliseconds nothing must happen to a run before it is over. */
  readonly quietMs: number
  /** How often a scan is made. */
  readonly intervalMs?: number | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/** So many logs that are to be told stay open after a look at their header; the others are opened once more. */
const mostOpen = 32

/**
 * Follows the logs in folders while evals run, and tells of them as a replay does, bit by bit: samples when they are in
 * their log, those that run from Inspect's buffer, a task's end with its log's, a run's when all its logs are finished
 * and quiet. What was told before this process began is known from the notes; a run that goes on is told again from its
 * beginning, in the same words.
 */
export class LogWatch {
  readonly notes: WatchNotes
  readonly #options: LogWatchOptions
  readonly #now: () => number
  readonly #folders: readonly FolderChanges[]
  readonly #files = new Map<string, ListedFile>()
  readonly #runs = new Map<string, WatchedRun>()
  /** By log: the open run that it is of. */
  readonly #runOf = new Map<string, WatchedRun>()
  readonly #sets = new Set<string>()
  readonly #troubles: Troubles
  readonly #again = new ReadAgain()
  readonly #sleepers = new Sleepers()
  readonly #attempts = new TaskAttempts()
  #isFirst = true

  constructor(options: LogWatchOptions) {
    const { folders, intervalMs, notes, onProblem, quietMs, now = Date.now } = options
    this.#options = options
    this.#now = now
    this.#folders = folders.map((folder) => new FolderChanges(folder, { intervalMs }))
    this.#troubles = new Troubles(onProblem, quietMs)
    this.notes = new WatchNotes(notes)
    for (const [path, { task, started }] of this.notes.all()) this.#attempts.set(task, path, started)
  }

  /** How many logs there are, and how many of them are not finished. */
  counts(): { readonly logs: number; readonly running: number } {
    const isRunning = (path: string): boolean =>
      (this.#runOf.get(path)?.get(path)?.log ?? this.notes.get(path))?.finished === false
    return { logs: this.#files.size, running: [...this.#files.keys()].filter(isRunning).length }
  }

  /** A run whose logs are all finished waits for the time in which another one may join it. */
  get isSettling(): boolean {
    return [...this.#runs.values()].some((run) => run.isSettled)
  }

  /** All that has come since the last time. */
  async *scan(): AsyncGenerator<Batch> {
    const news = new Map<string, ListedFile>()
    for (const folder of this.#folders) await this.#look(folder, news)
    const now = this.#now()
    const due = [
      ...this.#again.due(now),
      ...(this.#isFirst ? this.#leftOver() : []),
      ...(await this.#sleepers.woken(now)),
    ]
    for (const path of due) {
      const file = this.#files.get(path)
      if (file) news.set(path, file)
    }
    const readers = new Map<string, LogReader>()
    try {
      const opened = await this.#open([...news.values()], readers)
      const runs = [...opened.keys()].toSorted((a, b) => compareTimes(a.all.startTime, b.all.startTime))
      for (const run of runs) yield* this.#tell(run, opened.get(run)!, readers)
    } finally {
      for (const reader of readers.values()) await reader.close()
    }
    for (const run of this.#runs.values()) yield* run.tellRunning((path) => this.#tellOptions(path))
    yield* this.#endQuietRuns()
    this.#troubles.tell(this.#now())
    this.#isFirst = false
  }

  close(): void {
    for (const folder of this.#folders) folder.close()
    for (const run of this.#runs.values()) run.close()
  }

  /** A folder that cannot be looked at is named, and is no reason not to look at the others. */
  async #look(folder: FolderChanges, news: Map<string, ListedFile>): Promise<void> {
    try {
      const { changed, gone, whole, problems } = await folder.changes()
      for (const path of gone) this.#lose(path)
      for (const file of changed) {
        this.#files.set(file.path, file)
        if (this.notes.get(file.path)?.version !== file.version || this.#runOf.has(file.path)) news.set(file.path, file)
      }
      this.#troubles.settle(folder.folder, 0, problems)
      if (whole && this.#isFirst) this.#prune(folder)
    } catch (error) {
      this.#troubles.settle(folder.folder, 0, [badLog(folder.folder, undefined, error)])
    }
  }

  /** Logs that were removed while nobody watched. */
  #prune(folder: FolderChanges): void {
    for (const [path] of this.notes.all()) if (folder.holds(path) && !this.#files.has(path)) this.#lose(path)
  }

  /**
   * Logs of runs whose end an earlier watcher could not tell, though they have not changed since: of those that are
   * finished by now all, and for what goes on Inspect's buffer is looked at.
   */
  #leftOver(): string[] {
    return this.notes.open().flatMap((paths) => {
      const there = paths.filter((path) => this.#files.has(path))
      const running = there.filter((path) => !this.notes.get(path)!.finished)
      for (const path of running) this.#sleepers.add(path, this.notes.get(path)!.buffer)
      return running.length === 0 ? there : []
    })
  }

  /** Puts logs with the runs that they are of, and gives both. A run that was over is opened whole. */
  async #open(
    news: readonly ListedFile[],
    readers: Map<string, LogReader>,
  ): Promise<Map<WatchedRun, ReadonlySet<string>>> {
    const opened = new Map<WatchedRun, Set<string>>()
    const waiting = [...news]
    const seen = new Set<string>()
    for (const file of waiting) {
      if (seen.has(file.path)) continue
      seen.add(file.path)
      const reader = await this.#openLog(file)
      if (!reader) continue
      this.#sleepers.delete(file.path)
      const header = withRunId(reader.header)
      let run = this.#runs.get(header.eval.run_id)
      if (!run) {
        run = new WatchedRun(header)
        this.#runs.set(run.id, run)
        for (const path of this.notes.ofRun(run.id)) {
          const other = this.#files.get(path)
          if (other) waiting.push(other)
        }
      }
      run.take(reader, file, this.#changedMs(file))
      this.#runOf.set(file.path, run)
      if (readers.size < mostOpen) readers.set(file.path, reader)
      else await reader.close()
      this.#attempts.set(header.eval.task_id, file.path, run.get(file.path)!.log.timeOf('started_at')[0])
      opened.set(run, (opened.get(run) ?? new Set()).add(file.path))
    }
    return opened
  }

  async #openLog(file: ListedFile): Promise<LogReader | undefined> {
    const { path, modifiedMs = 0 } = file
    try {
      const reader = await openLog(path)
      this.#troubles.settle(path, modifiedMs, reader.problems)
      return reader
    } catch (error) {
      if (mayPass(error)) this.#again.add(path, this.#now())
      this.#troubles.settle(path, modifiedMs, [badLog(path, undefined, error)])
      return undefined
    }
  }

  /** What lay there before is as old as it says; what comes later came now, whatever time it was given. */
  #changedMs({ modifiedMs = 0 }: ListedFile): number {
    return this.#isFirst ? Math.min(modifiedMs, this.#now()) : this.#now()
  }

  async *#tell(run: WatchedRun, paths: ReadonlySet<string>, readers: Map<string, LogReader>): AsyncGenerator<Batch> {
    const { setId } = run
    if (setId !== undefined && !this.#sets.has(setId)) {
      this.#sets.add(setId)
      yield [fire('onEvalSetStart', this.#set(run, setId), run.all.startTime)]
    }
    yield* run.start()
    for (const log of run.all.logs) {
      const { path } = log
      if (!paths.has(path)) continue
      const reader = readers.get(path)
      readers.delete(path)
      await this.#attempts.learn(path)
      const buffer = log.finished ? '' : await bufferState(path)
      let isWhole = true
      yield* log.tell(
        this.#tellOptions(path, () => (isWhole = false)),
        reader,
      )
      if (!isWhole) continue
      this.#again.delete(path)
      this.#note(run, path, buffer, false)
    }
  }

  async *#endQuietRuns(): AsyncGenerator<Batch> {
    for (const run of this.#runs.values()) {
      if (!run.isSettled || this.#now() - run.changedMs < this.#options.quietMs) continue
      this.#runs.delete(run.id)
      run.close()
      for (const { file, gone } of run.logs) {
        this.#runOf.delete(file.path)
        if (!gone && this.notes.get(file.path)) this.#note(run, file.path, '', true)
      }
      if (!run.hasEnd) continue
      yield [run.all.end()]
      const { setId } = run
      if (setId === undefined || [...this.#runs.values()].some((other) => other.setId === setId)) continue
      this.#sets.delete(setId)
      yield [fire('onEvalSetEnd', this.#set(run, setId), run.all.endTime)]
    }
  }

  #set(run: WatchedRun, setId: string): { eval_set_id: string; log_dir: string } {
    return { eval_set_id: setId, log_dir: folderOf(run.all.logs[0]!.path) }
  }

  /** `onLoss`: something could not be read, and may be later. */
  #tellOptions(path: string, onLoss: () => void = () => {}): TellOptions {
    const selection = { wanted: new Set<string>(), found: new Set<string>(), limit: Infinity }
    const onProblem = (error: EvalspanError): void => {
      const isReplaced = FileError.isReplaced(error)
      if (isReplaced || mayPass(error)) {
        this.#again.add(path, this.#now())
        onLoss()
      }
      // It is being written anew, and will be read then.
      if (isReplaced) return
      this.#troubles.add(path, this.#files.get(path)?.modifiedMs ?? 0, error)
    }
    return { history: this.#attempts.history, selection, onProblem, to: this.#options.to }
  }

  #note(run: WatchedRun, path: string, buffer: string, over: boolean): void {
    const { log, file } = run.get(path)!
    const [started] = log.timeOf('started_at')
    const { version } = file
    this.notes.set(path, {
      version,
      run: run.id,
      task: log.header.eval.task_id,
      started,
      finished: log.finished,
      over,
      buffer,
    })
  }

  #lose(path: string): void {
    this.#files.delete(path)
    this.#troubles.forget(path)
    this.#again.delete(path)
    this.#sleepers.delete(path)
    this.#attempts.delete(path)
    this.#runOf.get(path)?.lose(path)
    this.notes.delete(path)
  }
}
