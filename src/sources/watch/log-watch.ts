import type { EvalspanError } from '../../errors.ts'
import { folderOf } from '../../files/paths.ts'
import type { ListedFile } from '../../files/store.ts'
import { badLog } from '../../inspect/bad-log.ts'
import { findBuffers } from '../../inspect/buffer/find-buffers.ts'
import { openLog, type LogReader } from '../../inspect/log.ts'
import { compareTimes } from '../../time.ts'
import { fire } from '../fire.ts'
import { TaskHistory } from '../task-history.ts'
import { withRunId, type Batch, type ReplayTarget, type TellOptions } from '../task-log.ts'
import { FolderChanges } from './folder-changes.ts'
import { noteText, parseNote, type LogNote } from './log-note.ts'
import { Troubles } from './troubles.ts'
import { WatchedRun } from './watched-run.ts'

export interface LogWatchOptions {
  readonly folders: readonly string[]
  /** What a watcher before this one noted, by path. */
  readonly notes: Iterable<{ readonly name: string; readonly value: string }>
  /** What cannot be read; each once, and not while it may still be being written. */
  readonly onProblem: (error: EvalspanError) => void
  readonly to?: ReplayTarget | undefined
  /** For so many milliseconds nothing must happen to a run before it is over. */
  readonly quietMs: number
  /** How often a scan is made. */
  readonly intervalMs?: number | undefined
  readonly onEvent?: (() => void) | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/**
 * Follows the logs in folders while evals run, and tells of them as a replay does, bit by bit: samples when they are in
 * their log, those that run from Inspect's buffer, a task's end with its log's, a run's when all its logs are finished
 * and quiet. What was told before this process began is known from the notes; a run that goes on is told again from its
 * beginning, in the same words.
 */
export class LogWatch {
  readonly #options: LogWatchOptions
  readonly #now: () => number
  readonly #folders: readonly FolderChanges[]
  readonly #notes = new Map<string, LogNote>()
  #newNotes = new Map<string, string | undefined>()
  readonly #files = new Map<string, ListedFile>()
  readonly #runs = new Map<string, WatchedRun>()
  readonly #sets = new Set<string>()
  readonly #troubles: Troubles
  readonly #history: TaskHistory
  /** Earlier logs of a task from which the history was learned. */
  readonly #learned = new Set<string>()
  #isFirst = true

  constructor(options: LogWatchOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    const { folders, onEvent, intervalMs } = options
    this.#folders = folders.map((folder) => new FolderChanges(folder, { onEvent, intervalMs }))
    this.#troubles = new Troubles(options.onProblem, options.quietMs)
    this.#history = new TaskHistory((taskId) => this.#attemptsAt(taskId).length > 1)
    for (const { name, value } of options.notes) {
      const note = parseNote(value)
      if (note) this.#notes.set(name, note)
    }
  }

  /** How many logs there are, and how many of them are not finished. */
  get counts(): { readonly logs: number; readonly running: number } {
    const running = [...this.#files.keys()].filter((path) => this.#stateOf(path)?.finished === false).length
    return { logs: this.#files.size, running }
  }

  /** All that has come since the last time. Rejects when a folder cannot be read. */
  async *scan(): AsyncGenerator<Batch> {
    const changed: ListedFile[] = []
    for (const folder of this.#folders) {
      const found = await folder.changes()
      for (const path of found.gone) this.#lose(path)
      for (const file of found.changed) {
        this.#files.set(file.path, file)
        changed.push(file)
      }
    }
    const news = changed.filter((file) => !this.#isKnown(file))
    if (this.#isFirst) news.push(...(await this.#leftOver(news)))
    this.#isFirst = false
    const readers = new Map<string, LogReader>()
    try {
      const touched = await this.#open(news, readers)
      for (const run of touched) yield* this.#tell(run, readers)
      for (const run of this.#runs.values()) yield* run.tellRunning(this.#tellOptions())
    } finally {
      for (const reader of readers.values()) await reader.close()
    }
    yield* this.#endQuietRuns()
    this.#troubles.tell(this.#now())
  }

  /** What is to be noted once all that was told is safe; forgotten by this, so it is to be kept. */
  takeNotes(): { readonly name: string; readonly value: string | undefined }[] {
    const notes = [...this.#newNotes].map(([name, value]) => ({ name, value }))
    this.#newNotes = new Map()
    return notes
  }

  close(): void {
    for (const folder of this.#folders) folder.close()
    for (const run of this.#runs.values()) run.close()
  }

  /** It was told before, in this state, and so was the end of its run if there is one to tell. */
  #isKnown({ path, version }: ListedFile): boolean {
    return this.#notes.get(path)?.version === version && !this.#isOpen(path)
  }

  /**
   * What an earlier watcher told of and could not end, and has more to tell without a change of its log: all its logs
   * are finished by now, or Inspect's buffer has grown.
   */
  async #leftOver(news: readonly ListedFile[]): Promise<ListedFile[]> {
    const isNew = new Set(news.map(({ path }) => path))
    const open = [...this.#notes].filter(([path, note]) => !note.over && this.#files.has(path) && !isNew.has(path))
    const left: string[] = []
    for (const logs of Map.groupBy(open, ([, note]) => note.run).values()) {
      const isFinished = logs.every(([, note]) => note.finished)
      for (const [path, note] of logs) if (isFinished || (await this.#hasGrown(path, note))) left.push(path)
    }
    return left.map((path) => this.#files.get(path)!)
  }

  async #hasGrown(path: string, { finished, at }: LogNote): Promise<boolean> {
    return !finished && (await findBuffers(path)).some(({ written }) => written > at)
  }

  /** Puts logs with the runs that they are of, and gives these, by their start. A run that was over is opened whole. */
  async #open(news: readonly ListedFile[], readers: Map<string, LogReader>): Promise<WatchedRun[]> {
    const touched = new Set<WatchedRun>()
    const waiting = [...news]
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      if (readers.has(file.path)) continue
      let reader: LogReader
      try {
        reader = await openLog(file.path)
      } catch (error) {
        this.#troubles.add(file, badLog(file.path, undefined, error))
        continue
      }
      this.#troubles.settle(file, reader.problems)
      const header = withRunId(reader.header)
      let run = this.#runs.get(header.eval.run_id)
      if (!run) {
        run = new WatchedRun(header)
        this.#runs.set(run.id, run)
        for (const [path, note] of this.#notes) {
          const other = note.run === run.id ? this.#files.get(path) : undefined
          if (other) waiting.push(other)
        }
      }
      run.take(reader, file)
      readers.set(file.path, reader)
      touched.add(run)
    }
    return [...touched].toSorted((a, b) => compareTimes(a.all.startTime, b.all.startTime))
  }

  async *#tell(run: WatchedRun, readers: Map<string, LogReader>): AsyncGenerator<Batch> {
    const { setId } = run
    if (setId !== undefined && !this.#sets.has(setId)) {
      this.#sets.add(setId)
      yield [fire('onEvalSetStart', this.#set(run, setId), run.all.startTime)]
    }
    yield* run.start()
    for (const { log, file } of run.logs) {
      const reader = readers.get(file.path)
      if (!reader) continue
      readers.delete(file.path)
      await this.#learn(log.header.eval.task_id, file.path)
      yield* run.tell(file.path, this.#tellOptions(), reader)
      this.#note(run, file.path, false)
    }
  }

  async *#endQuietRuns(): AsyncGenerator<Batch> {
    for (const run of this.#runs.values()) {
      if (!run.isOver(this.#now(), this.#options.quietMs)) continue
      yield [run.all.end()]
      this.#runs.delete(run.id)
      for (const { file, gone } of run.logs) if (!gone) this.#note(run, file.path, true)
      const { setId } = run
      if (setId === undefined || [...this.#runs.values()].some((other) => other.setId === setId)) continue
      this.#sets.delete(setId)
      yield [fire('onEvalSetEnd', this.#set(run, setId), run.all.endTime)]
    }
  }

  #set(run: WatchedRun, setId: string): { eval_set_id: string; log_dir: string } {
    return { eval_set_id: setId, log_dir: folderOf(run.all.logs[0]!.path) }
  }

  #tellOptions(): TellOptions {
    const { onProblem, to } = this.#options
    const selection = { wanted: new Set<string>(), found: new Set<string>(), limit: Infinity }
    return { history: this.#history, selection, onProblem, to }
  }

  /** Samples that a retry takes over belong to the attempt in which they ran, which may have been told long ago. */
  async #learn(taskId: string, path: string): Promise<void> {
    for (const earlier of this.#attemptsAt(taskId)) {
      if (earlier === path) return
      if (this.#learned.has(earlier)) continue
      this.#learned.add(earlier)
      let reader: LogReader | undefined
      try {
        reader = await openLog(earlier)
        for await (const entry of reader.samples()) {
          if ('sample' in entry) this.#history.remember({ taskId, path: earlier }, entry.sample)
        }
      } catch {
        // Whoever tells that log says what is wrong with it.
      } finally {
        await reader?.close()
      }
    }
  }

  /** The logs of a task that are there, by their start. */
  #attemptsAt(taskId: string): string[] {
    if (taskId === '') return []
    const attempts = new Map<string, number>()
    for (const [path, { task, started }] of this.#notes) if (task === taskId) attempts.set(path, started)
    for (const run of this.#runs.values()) {
      for (const { log, gone } of run.logs) {
        if (log.header.eval.task_id === taskId && !gone) attempts.set(log.path, log.timeOf('started_at')[0])
      }
    }
    return [...attempts].toSorted(([, a], [, b]) => a - b).map(([path]) => path)
  }

  #isOpen(path: string): boolean {
    return [...this.#runs.values()].some((run) => run.has(path))
  }

  #stateOf(path: string): { readonly finished: boolean } | undefined {
    for (const run of this.#runs.values()) {
      const open = run.logs.find(({ file }) => file.path === path)
      if (open) return open.log
    }
    return this.#notes.get(path)
  }

  #note(run: WatchedRun, path: string, over: boolean): void {
    const { log, file } = run.logs.find((each) => each.file.path === path)!
    const { eval: spec } = log.header
    const [started] = log.timeOf('started_at')
    const { version } = file
    const { finished } = log
    const note = { version, run: run.id, task: spec.task_id, started, finished, over, at: this.#now() }
    this.#notes.set(path, note)
    this.#newNotes.set(path, noteText(note))
  }

  #lose(path: string): void {
    this.#files.delete(path)
    this.#troubles.forget(path)
    for (const run of this.#runs.values()) run.lose(path)
    if (!this.#notes.delete(path)) return
    this.#newNotes.set(path, undefined)
  }
}
