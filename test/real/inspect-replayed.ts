import type { SpanBody } from '../../src/delivery/item.ts'
import type { ModelUsage } from '../../src/inspect/records.ts'
import { itemsOf, spansOf } from '../telemetry/render.ts'
import type { DescribedLog, DescribedSample } from './inspect-described.ts'

/** What the spans and records of a log say that its description says too. */
export interface ToldLog {
  /** Undefined for one that did not end. */
  readonly task: Told | undefined
  /** By uuid. */
  readonly samples: Readonly<Record<string, Told>>
}

type Told = Readonly<Record<string, unknown>>

const statuses: Readonly<Record<string, string>> = { success: 'success', error: 'failure', cancelled: 'aborted' }

/** Of a replay of that log alone. */
export async function toldBySpans(path: string): Promise<ToldLog> {
  const items = await itemsOf([path])
  const spans = spansOf(items)
  const tasks = spans.filter(isEndOfTask).map(taskOf)
  if (tasks.length > 1) throw new Error(`${path}: ${tasks.length} tasks`)
  const results = items.flatMap((item) => (item.kind === 'log' ? [item.body] : []))
  const samples = spans.filter(({ name }) => name.startsWith('eval_sample ')).map(sampleOf)
  if (new Set(samples.map(([uuid]) => uuid)).size < samples.length) throw new Error(`${path}: a sample twice`)
  const scored = samples.map(([uuid, sample]) => {
    const own = results.filter(({ attributes }) => attributes['test.case.run.id'] === uuid)
    const scores = own.flatMap(({ attributes }): [string, unknown][] =>
      attributes['eval.score.edited'] || attributes['eval.score.intermediate']
        ? []
        : [[String(attributes['gen_ai.evaluation.name']), attributes['gen_ai.evaluation.score.value']]],
    )
    return [uuid, { ...sample, scores: numbersOf(scores) }] as const
  })
  return { task: tasks[0], samples: Object.fromEntries(scored) }
}

/** What they should say, by what Inspect's reader says. */
export function expectedOfSpans(log: DescribedLog): ToldLog {
  const { status, counts, usage, samples, metrics } = log
  const task = {
    name: `eval_task ${log.task}`,
    status: statuses[status],
    count: counts?.[0],
    errors: counts ? counts[0] - counts[1] : undefined,
    ...tokensOf(usage),
    metrics: numbersOf(
      metrics.map(([scorer, name, reducer, metric, value]) => {
        const parts = [scorer, name === scorer ? [] : name, reducer === null || reducer === 'mean' ? [] : reducer]
        return [`${parts.flat().join('/')}.${metric}`, value]
      }),
    ),
  }
  return {
    task: status === 'started' ? undefined : task,
    samples: Object.fromEntries(Object.values(samples).map((sample) => [sample.uuid, expectedSample(sample)])),
  }
}

function expectedSample({ error, limit, usage, times, scores }: DescribedSample): Told {
  const isCancelled = error !== null && /^Cancelled(Error)?\(/.test(error)
  return {
    outcome: isCancelled ? 'cancelled' : error !== null ? 'error' : limit !== null ? 'limit' : 'success',
    limit: limit ?? undefined,
    times: times.slice(1),
    ...tokensOf(usage),
    scores: numbersOf(Object.entries(scores).flatMap(([name, [now, original = now]]) => scalarsOf(name, original))),
  }
}

/** A log that says of itself that it is only begun is told as incomplete. */
function isEndOfTask({ name, attributes }: SpanBody): boolean {
  return name.startsWith('eval_task ') && attributes['eval.incomplete'] !== true
}

function taskOf({ name, attributes, error }: SpanBody): Told {
  const metrics = Object.entries(attributes).filter(([key]) => key.startsWith('eval.metric.'))
  if ((attributes['test.suite.run.status'] === 'success') !== (error === undefined)) throw new Error(`${name}: status`)
  return {
    name,
    status: attributes['test.suite.run.status'],
    count: attributes['eval.sample.count'],
    errors: attributes['eval.sample.error_count'],
    input: attributes['eval.usage.input_tokens'],
    output: attributes['eval.usage.output_tokens'],
    metrics: numbersOf(metrics.map(([key, value]) => [key.slice('eval.metric.'.length), value])),
  }
}

function sampleOf({ attributes }: SpanBody): [string, Told] {
  return [
    String(attributes['test.case.run.id']),
    {
      outcome: attributes['eval.sample.outcome'],
      limit: attributes['eval.sample.limit'],
      times: [attributes['eval.sample.total_time'] ?? null, attributes['eval.sample.working_time'] ?? null],
      input: attributes['eval.usage.input_tokens'],
      output: attributes['eval.usage.output_tokens'],
    },
  ]
}

/** OpenTelemetry counts what went through a provider's cache as input. */
function tokensOf(usage: Readonly<Record<string, ModelUsage>>): { input?: number; output?: number } {
  const all = Object.values(usage)
  if (all.length === 0) return { input: undefined, output: undefined } as object
  const sum = (...names: readonly (keyof ModelUsage)[]): number =>
    all.flatMap((each) => names.map((name) => each[name] ?? 0)).reduce((a, b) => a + b, 0)
  return {
    input: sum('input_tokens', 'input_tokens_cache_read', 'input_tokens_cache_write'),
    output: sum('output_tokens'),
  }
}

/** A score of several values has a result for each. */
function scalarsOf(name: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[name, value]]
  const first = Array.isArray(value) ? 1 : 0
  return Object.entries(value).map(([key, each]) => [`${name}/${first ? Number(key) + first : key}`, each])
}

/** What is a number, or a grade that stands for one; how other values are told is no matter here. */
function numbersOf(values: readonly (readonly [string, unknown])[]): Told {
  const grades: Readonly<Record<string, number>> = { C: 1, P: 0.5, I: 0, N: 0 }
  const numbers = values.map(([name, value]): [string, unknown] => [
    name,
    typeof value === 'boolean' ? Number(value) : (grades[String(value)] ?? value),
  ])
  return Object.fromEntries(numbers.filter(([, value]) => typeof value === 'number' && Number.isFinite(value)))
}
