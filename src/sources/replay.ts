import { EvalspanError, messageOf } from '../errors.ts'
import { statPath } from '../files/files.ts'
import { isEventLog } from '../files/log-names.ts'
import { folderOf } from '../files/paths.ts'
import { shownPath } from '../files/shown-path.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { openLog, type LogReader } from '../inspect/log.ts'
import type { EvalLog, EvalSample } from '../inspect/records.ts'
import { compareTimes, earliest, fromMilliseconds, latest, parseTime, type HrTime } from '../time.ts'
import { readEvents } from './event-log.ts'
import { findFiles } from './find.ts'
import { fire, sampleEvents } from './sample-events.ts'
import { isWanted, selectEvents, type Selection } from './select.ts'

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

export interface ReplayTarget {
  /** A log is through, and what its header says of the task is final. Comes also for tasks that fired no end. */
  taskLog(log: EvalLog): void
  /** A sample was passed over: a retried task took it over from an earlier log, which has been replayed. */
  sampleReused(log: EvalLog): void
}

/** Handed on together, since every layer of generators has its price for each event. */
type Batch = Iterable<HookEvent>

interface LogEntry {
  readonly path: string
  readonly header: EvalLog
  /** When the file was written last: a time for logs that tell none. */
  readonly written: HrTime
}

/**
 * The hook events that Inspect fired while it wrote these logs, in the order in which they were fired within a sample;
 * samples follow each other by the time they were completed. Paths are logs (`.eval`, `.json`), event logs (`.jsonl`),
 * folders and patterns; logs of one run or one eval set are put together, wherever they lie.
 */
export async function* replay(paths: readonly string[], options: ReplayOptions): AsyncGenerator<HookEvent> {
  const { files, problems } = await findFiles(paths)
  for (const problem of problems) options.onProblem(problem)
  const selection: Selection = { wanted: new Set(options.samples), found: new Set(), limit: options.limit ?? Infinity }
  const logs: LogEntry[] = []
  for (const path of files) {
    if (isEventLog(path)) {
      yield* selectEvents(readEvents(path, { replay: true, onProblem: options.onProblem }), selection)
      continue
    }
    const log = await readHeader(path, options)
    if (log) logs.push(log)
  }
  for (const set of group(logs, ({ header }) => header.eval.eval_set_id ?? `run ${header.eval.run_id}`)) {
    for await (const events of replaySet(set, options, selection)) for (const event of events) yield event
  }
  for (const sample of selection.wanted) {
    if (!selection.found.has(sample))
      options.onProblem(
        new EvalspanError(
          'BAD_LOG',
          `no sample \`${sample}\` in these logs; --sample takes an id of the dataset or a uuid`,
        ),
      )
  }
}

/** What is known of the earlier attempts at a task. */
interface TaskHistory {
  readonly samples: Set<string>
  readonly events: Set<string>
}

async function* replaySet(
  logs: readonly LogEntry[],
  options: ReplayOptions,
  selection: Selection,
): AsyncGenerator<Batch> {
  const setId = logs[0]!.header.eval.eval_set_id
  const set = { eval_set_id: setId ?? '', log_dir: folderOf(logs[0]!.path) }
  if (setId !== undefined) yield [fire('onEvalSetStart', set, startOf(logs))]
  const seen = new Map<string, TaskHistory>()
  for (const run of group(logs, ({ header }) => header.eval.run_id)) yield* replayRun(run, options, selection, seen)
  if (setId !== undefined) yield [fire('onEvalSetEnd', set, endOf(logs))]
}

async function* replayRun(
  logs: readonly LogEntry[],
  options: ReplayOptions,
  selection: Selection,
  seen: Map<string, TaskHistory>,
): AsyncGenerator<Batch> {
  const { run_id, eval_set_id = null } = logs[0]!.header.eval
  const ids = { eval_set_id, run_id }
  // A task that was retried within the run has several logs and one name.
  const tasks = new Map(logs.map(({ header }) => [header.eval.task_id || header.eval.eval_id, header.eval.task]))
  yield [fire('onRunStart', { ...ids, task_names: [...tasks.values()] }, startOf(logs))]
  for (const entry of logs) {
    const { header } = entry
    const taskIds = { ...ids, eval_id: header.eval.eval_id }
    yield [fire('onTaskStart', { ...taskIds, spec: header.eval, plan: header.plan }, timeOf(entry, 'started_at'))]
    yield* replaySamples(entry, options, selection, seen)
    options.to?.taskLog(header)
    if (endsRegularly(header)) yield [fire('onTaskEnd', { ...taskIds, log: header }, timeOf(entry, 'completed_at'))]
  }
  // Ctrl-C leaves Inspect without any log to tell of; otherwise each task's latest attempt is told.
  const latestLogs = new Map(logs.map(({ header }) => [header.eval.task_id || header.eval.eval_id, header]))
  const cancelled = logs.some(({ header }) => header.status === 'cancelled')
  yield [fire('onRunEnd', { ...ids, exception: null, logs: cancelled ? [] : [...latestLogs.values()] }, endOf(logs))]
}

async function* replaySamples(
  { path, header }: LogEntry,
  options: ReplayOptions,
  selection: Selection,
  seen: Map<string, TaskHistory>,
): AsyncGenerator<Batch> {
  const { task_id } = header.eval
  const earlier = seen.get(task_id) ?? { samples: new Set(), events: new Set() }
  // A task without an id of its own has no history.
  if (task_id) seen.set(task_id, earlier)
  let reader: LogReader | undefined
  try {
    reader = await openLog(path)
    const match = (key: { id: string | number; uuid?: string | undefined }): boolean => isWanted(selection, key)
    for await (const entry of reader.samples({ limit: selection.limit, match })) {
      if ('error' in entry) {
        options.onProblem(entry.error)
        continue
      }
      const { sample } = entry
      // Not every log tells the uuid before the sample is read.
      if (!isWanted(selection, sample)) continue
      if (sample.uuid !== undefined && earlier.samples.has(sample.uuid)) {
        options.to?.sampleReused(header)
        continue
      }
      const events = sampleEvents(header, sample, (event) => event.uuid !== undefined && earlier.events.has(event.uuid))
      yield guarded(events, (error) =>
        options.onProblem(toProblem(`${shownPath(path)}: sample ${sample.id}, epoch ${sample.epoch}`, error)),
      )
      remember(sample, earlier)
    }
  } catch (error) {
    options.onProblem(toProblem(path, error))
  } finally {
    await reader?.close()
  }
}

/** What is wrong with one sample must not end the others. */
function* guarded(events: Iterable<HookEvent>, onError: (error: unknown) => void): Generator<HookEvent> {
  try {
    yield* events
  } catch (error) {
    onError(error)
  }
}

/** What later attempts at the task carry on: finished samples by their uuid, failed ones by their last events. */
function remember(sample: EvalSample, { samples, events }: TaskHistory): void {
  if (sample.uuid !== undefined) samples.add(sample.uuid)
  if (!sample.error) return
  const tail = sample.events.slice(sample.events.findLastIndex((event) => event.event === 'model'))
  for (const { uuid } of tail) if (uuid !== undefined) events.add(uuid)
}

/** Inspect fires a task's end only when the task itself did not raise: a failed threshold leaves no error in the log. */
function endsRegularly(log: EvalLog): boolean {
  return log.status === 'success' || (log.status === 'error' && log.error === undefined)
}

async function readHeader(path: string, options: ReplayOptions): Promise<LogEntry | undefined> {
  try {
    const reader = await openLog(path)
    await reader.close()
    const { header } = reader
    const written = await writtenTime(path, header)
    // Some old logs have no run of their own, and are not to be thrown together for that.
    const spec = { ...header.eval, run_id: header.eval.run_id || header.eval.eval_id }
    return { path, header: { ...header, eval: spec }, written }
  } catch (error) {
    options.onProblem(toProblem(path, error))
    return undefined
  }
}

/** Is asked for where the log itself tells no time. */
async function writtenTime(path: string, header: EvalLog): Promise<HrTime> {
  if (parseTime(header.eval.created) !== undefined) return [0, 0]
  const info = await statPath(path)
  return fromMilliseconds((info?.kind === 'file' ? info.modifiedMs : undefined) ?? 0)
}

function toProblem(path: string, error: unknown): EvalspanError {
  return error instanceof EvalspanError
    ? error
    : new EvalspanError('BAD_LOG', `${shownPath(path)}: ${messageOf(error)}`, { cause: error })
}

/** Groups and their members by the time they started. */
function group(logs: readonly LogEntry[], keyOf: (entry: LogEntry) => string): LogEntry[][] {
  const sorted = [...logs].toSorted((a, b) => compareTimes(timeOf(a, 'started_at'), timeOf(b, 'started_at')))
  return [...Map.groupBy(sorted, keyOf).values()]
}

function timeOf({ header, written }: LogEntry, what: 'started_at' | 'completed_at'): HrTime {
  return parseTime(header.stats[what]) ?? parseTime(header.eval.created) ?? written
}

function startOf(logs: readonly LogEntry[]): HrTime {
  return logs
    .map((log) => parseTime(log.header.eval.created) ?? timeOf(log, 'started_at'))
    .reduce((a, b) => earliest(a, b))
}

function endOf(logs: readonly LogEntry[]): HrTime {
  return logs.map((log) => timeOf(log, 'completed_at')).reduce((a, b) => latest(a, b))
}
