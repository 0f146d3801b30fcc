import { EvalspanError } from '../errors.ts'
import { statPath } from '../files/files.ts'
import { isEventLog } from '../files/log-names.ts'
import { folderOf } from '../files/paths.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { badLog } from '../inspect/bad-log.ts'
import { openLog, type LogReader } from '../inspect/log.ts'
import { compareTimes, fromMilliseconds, parseTime, type HrTime } from '../time.ts'
import { readEvents } from './event-log.ts'
import { findFiles } from './find.ts'
import { RunLogs } from './run-logs.ts'
import { fire } from './fire.ts'
import { selectEvents, type Selection } from './select.ts'
import { TaskHistory } from './task-history.ts'
import { TaskLog, type Batch, type ReplayTarget, type TellOptions } from './task-log.ts'

export type { ReplayTarget }

export interface ReplayOptions {
  /** At most so many samples of each log. */
  readonly limit?: number | undefined
  /** Only these samples, by their id in the dataset or their uuid. */
  readonly samples?: readonly string[] | undefined
  /** A path, a log or a sample that cannot be read; what can be is replayed all the same. */
  readonly onProblem: (error: EvalspanError) => void
  /** What the events are fired at, usually a session: is told what no hook says. */
  readonly to?: ReplayTarget | undefined
}

/**
 * The hook events that Inspect fired while it wrote these logs, in the order in which they were fired within a sample;
 * samples follow each other by the time they were completed. Paths are logs (`.eval`, `.json`), event logs (`.jsonl`),
 * folders and patterns; logs of one run or one eval set are put together, wherever they lie. The log of a run that is
 * going on, or that crashed, gives what it holds: neither the task's nor the run's end.
 */
export async function* replay(paths: readonly string[], options: ReplayOptions): AsyncGenerator<HookEvent> {
  const { onProblem, to } = options
  const { files, problems } = await findFiles(paths)
  for (const problem of problems) onProblem(problem)
  const selection: Selection = { wanted: new Set(options.samples), found: new Set(), limit: options.limit ?? Infinity }
  const logs = new OpenLogs()
  try {
    for (const path of files) {
      if (isEventLog(path)) yield* selectEvents(readEvents(path, { replay: true, onProblem }), selection)
      else await logs.open(path, onProblem)
    }
    const attempts = Map.groupBy(logs.all, ({ header }) => header.eval.task_id)
    const history = new TaskHistory((taskId) => attempts.get(taskId)!.length > 1)
    for (const set of group(logs.all, ({ header }) => header.eval.eval_set_id ?? `run ${header.eval.run_id}`)) {
      const tell = { history, selection, onProblem, to }
      for await (const events of replaySet(set, (log) => logs.tell(log, tell))) for (const event of events) yield event
    }
  } finally {
    await logs.close()
  }
  for (const sample of selection.wanted) {
    if (!selection.found.has(sample))
      onProblem(
        new EvalspanError(
          'BAD_LOG',
          `no sample \`${sample}\` in these logs; --sample takes an id of the dataset or a uuid`,
        ),
      )
  }
}

async function* replaySet(
  logs: readonly TaskLog[],
  tell: (log: TaskLog) => AsyncGenerator<Batch>,
): AsyncGenerator<Batch> {
  const [first] = logs as [TaskLog]
  const all = new RunLogs(logs)
  const setId = first.header.eval.eval_set_id
  const set = { eval_set_id: setId ?? '', log_dir: folderOf(first.path) }
  if (setId !== undefined) yield [fire('onEvalSetStart', set, all.startTime)]
  for (const members of group(logs, ({ header }) => header.eval.run_id)) {
    const run = new RunLogs(members)
    yield [run.start()]
    for (const log of run.logs) yield* tell(log)
    if (run.finished) yield [run.end()]
  }
  if (setId !== undefined && all.finished) yield [fire('onEvalSetEnd', set, all.endTime)]
}

/** The logs of a replay. All are opened to put them together by their headers; some stay open, to be read on. */
class OpenLogs {
  static readonly #mostOpen = 64
  readonly all: TaskLog[] = []
  readonly #readers = new Map<TaskLog, LogReader>()

  async open(path: string, onProblem: (error: EvalspanError) => void): Promise<void> {
    try {
      const reader = await openLog(path)
      for (const problem of reader.problems) onProblem(problem)
      const log = new TaskLog(reader, await writtenTime(reader))
      this.all.push(log)
      if (this.#readers.size < OpenLogs.#mostOpen) this.#readers.set(log, reader)
      else await reader.close()
    } catch (error) {
      onProblem(badLog(path, undefined, error))
    }
  }

  async *tell(log: TaskLog, options: TellOptions): AsyncGenerator<Batch> {
    const reader = this.#readers.get(log)
    this.#readers.delete(log)
    yield* log.tell(options, reader)
    log.close()
  }

  async close(): Promise<void> {
    for (const reader of this.#readers.values()) await reader.close()
  }
}

/** Is asked for where the log itself tells no time. */
async function writtenTime({ path, header }: LogReader): Promise<HrTime> {
  if (parseTime(header.eval.created) !== undefined) return [0, 0]
  const info = await statPath(path)
  return fromMilliseconds((info?.kind === 'file' ? info.modifiedMs : undefined) ?? 0)
}

/** Groups and their members by the time they started. */
function group(logs: readonly TaskLog[], keyOf: (log: TaskLog) => string): TaskLog[][] {
  const sorted = logs.toSorted((a, b) => compareTimes(a.timeOf('started_at'), b.timeOf('started_at')))
  return [...Map.groupBy(sorted, keyOf).values()]
}
