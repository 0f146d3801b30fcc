import { openLog } from '../../src/inspect/log.ts'
import { parse } from '../../src/inspect/json.ts'
import type { EvalLog, EvalSample, ModelUsage } from '../../src/inspect/records.ts'
import { outputOf, pythonCommand } from './inspect-python.ts'

/** What `describe_logs.py` says of a log. */
export interface DescribedLog {
  readonly status: string
  /** Of the set, the run, the task and the attempt at it. */
  readonly ids: readonly (string | null)[]
  readonly task: string
  readonly model: string
  readonly error: string | null
  readonly usage: Readonly<Record<string, ModelUsage>>
  /** All samples, and those without an error. */
  readonly counts: readonly [number, number] | null
  /** Scorer, score, reducer, metric, value. */
  readonly metrics: readonly (readonly [string, string, string | null, string, number])[]
  /** By id and epoch. */
  readonly samples: Readonly<Record<string, DescribedSample>>
}

export interface DescribedSample {
  readonly uuid: string | null
  /** The value of each, and those of its history: if it was edited, the first of them is what it was at first. */
  readonly scores: Readonly<Record<string, readonly unknown[]>>
  readonly usage: Readonly<Record<string, ModelUsage>>
  readonly error: string | null
  readonly limit: string | null
  readonly retries: number
  readonly messages: number
  /** Their kinds. */
  readonly events: readonly string[]
  /** When it started, and how many seconds it took and worked. */
  readonly times: readonly unknown[]
}

/** What Inspect's own reader says of these logs. */
export async function describedByInspect(paths: readonly string[]): Promise<DescribedLog[]> {
  return parse(await outputOf(pythonCommand('describe_logs.py', ...paths))) as DescribedLog[]
}

/** What our reader says of a log. Throws what cannot be read. */
export async function describedByUs(path: string): Promise<DescribedLog> {
  const log = await openLog(path)
  try {
    const samples: Record<string, DescribedSample> = {}
    for await (const entry of log.samples()) {
      if ('error' in entry) throw entry.error
      samples[`${entry.sample.id} ${entry.sample.epoch}`] = describedSample(entry.sample)
    }
    for (const problem of log.problems) throw problem
    return { ...describedHeader(log.header), samples }
  } finally {
    await log.close()
  }
}

function describedHeader({ status, eval: spec, error, stats, results }: EvalLog): Omit<DescribedLog, 'samples'> {
  return {
    status,
    ids: [spec.eval_set_id ?? null, spec.run_id, spec.task_id, spec.eval_id],
    task: spec.task,
    model: spec.model,
    error: error?.message ?? null,
    usage: stats.model_usage ?? {},
    counts: results ? [results.total_samples, results.completed_samples] : null,
    metrics: (results?.scores ?? []).flatMap(({ scorer, name, reducer = null, metrics }) =>
      Object.entries(metrics).map(([key, { value }]) => [scorer, name, reducer, key, value] as const),
    ),
  }
}

export function describedSample(sample: EvalSample): DescribedSample {
  const { uuid = null, scores = {}, model_usage: usage = {}, error, limit, error_retries: retries = [] } = sample
  return {
    uuid,
    scores: Object.fromEntries(
      Object.entries(scores).map(([name, { value, history = [] }]) => [
        name,
        [value, ...history.map((edit) => edit.value)],
      ]),
    ),
    usage,
    error: error?.message ?? null,
    limit: limit?.type ?? null,
    retries: retries.length,
    messages: sample.messages.length,
    events: sample.events.map(({ event }) => event),
    times: [sample.started_at ?? null, sample.total_time ?? null, sample.working_time ?? null],
  }
}
