import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/inspect/log.ts'
import type { ChatMessage, EvalLog, EvalSample, Event, ModelUsage } from '../../src/inspect/records.ts'
import { toUtc } from '../../src/inspect/to-utc.ts'
import { readAll } from './read-all.ts'

const folder = 'test/fixtures/inspect-versions'
const logs = readdirSync(folder)
  .filter((name) => name.endsWith('.expected.json'))
  .map((name) => name.replace('.expected.json', ''))

interface Expected {
  readonly read_by?: string
  readonly eval: { readonly [name: string]: unknown }
  readonly total_samples?: number
  readonly completed_samples?: number
  readonly started_at: string
  readonly completed_at: string
  readonly model_usage: Usages
  readonly samples: readonly Pick<EvalSample, 'id' | 'epoch' | 'model_usage'>[]
}

type Usages = NonNullable<EvalSample['model_usage']>

describe('logs of older releases hold what Inspect reads from them', () => {
  it.each(logs)('%s', async (name) => {
    const { read_by: _, ...expected } = expectedOf(name)
    expect(expected.samples.length).toBeGreaterThan(0)
    const { header, samples } = await read(`${folder}/${name}`)
    expect(plain(headerOf(header, expected))).toEqual({ ...withUtc(expected), samples: undefined })
    expect(plain(samples.map(sampleOf))).toEqual(
      inOrder(expected.samples).map((sample, index) => ({ ...sample, model_usage: usageOf(samples[index]!, sample) })),
    )
  })

  it.each(logs.filter((name) => /^0\.3\.(25|31|41)/.test(name)))(
    '%s tells what its samples used, which Inspect did not write there yet',
    async (name) => {
      const { samples } = await read(`${folder}/${name}`)
      expect(sumOf(samples)).toEqual(expectedOf(name).model_usage)
    },
  )
})

function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(`${folder}/${name}.expected.json`, 'utf8')) as Expected
}

async function read(path: string): Promise<{ header: EvalLog; samples: EvalSample[] }> {
  const log = await openLog(path)
  await log.close()
  const samples = await readAll(path)
  for (const sample of samples) if (typeof sample === 'string') throw new Error(sample)
  return { header: log.header, samples: inOrder(samples as EvalSample[]) }
}

/** Ours come in the order in which they were finished. */
function inOrder<S extends Pick<EvalSample, 'id' | 'epoch'>>(samples: readonly S[]): S[] {
  return samples.toSorted((a, b) => `${a.epoch} ${a.id}`.localeCompare(`${b.epoch} ${b.id}`, 'en'))
}

/** A release that read its own log gave local times, and no eval id when it had none. */
function withUtc(expected: Expected): object {
  return {
    ...expected,
    eval: { ...expected.eval, created: toUtc(expected.eval['created']) },
    started_at: toUtc(expected.started_at),
    completed_at: toUtc(expected.completed_at),
  }
}

function headerOf({ status, eval: spec, error, results, stats }: EvalLog, expected: Expected): object {
  const names = Object.keys(expected.eval)
  return {
    status,
    eval: Object.fromEntries(names.map((name) => [name, (spec as unknown as { [name: string]: unknown })[name]])),
    error: error?.message,
    total_samples: 'total_samples' in expected ? results?.total_samples : undefined,
    completed_samples: 'completed_samples' in expected ? results?.completed_samples : undefined,
    scores: results?.scores.map(({ name, scorer, reducer, metrics }) => ({
      name,
      scorer,
      reducer,
      metrics: Object.fromEntries(Object.entries(metrics).map(([key, { value }]) => [key, value])),
    })),
    started_at: stats.started_at,
    completed_at: stats.completed_at,
    model_usage: stats.model_usage,
  }
}

function sampleOf(sample: EvalSample): object {
  const events = sample.events.filter((event) => event.event !== 'span_begin' && event.event !== 'span_end')
  return {
    id: sample.id,
    epoch: sample.epoch,
    uuid: sample.uuid,
    started_at: sample.started_at,
    completed_at: sample.completed_at,
    input: typeof sample.input === 'string' ? sample.input : sample.input.map(textOf),
    target: sample.target,
    messages: sample.messages.map(textOf),
    completion: sample.output?.completion,
    scores: Object.fromEntries(
      Object.entries(sample.scores ?? {}).map(([name, { value, answer }]) => [name, { value, answer }]),
    ),
    model_usage: sample.model_usage,
    error: sample.error?.message,
    limit: sample.limit && { type: sample.limit.type, limit: sample.limit.limit },
    retries: (sample.error_retries ?? []).map(({ message }) => message),
    sandbox: (sample as { sandbox?: { type: string } }).sandbox?.type,
    metadata: sample.metadata,
    store: sample.store,
    events: Object.fromEntries(
      [...Map.groupBy(events, (event) => event.event)].map(([kind, all]) => [kind, all.length]),
    ),
    model_events: events.flatMap(digest),
  }
}

function textOf({ content }: ChatMessage): string {
  return typeof content === 'string'
    ? content
    : content.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('')
}

function digest(event: Event): string[] {
  if (event.event !== 'model') return []
  const messages = [...event.input, ...(event.output?.choices ?? []).map(({ message }) => message)]
  return [hash('sha256', messages.map(textOf).join('\n'), 'hex').slice(0, 16)]
}

/** What Inspect does not find in the sample is summed up from its calls. */
function usageOf(sample: EvalSample, { model_usage: usage = {} }: Pick<EvalSample, 'model_usage'>): Usages {
  return Object.keys(usage).length > 0 ? usage : sample.model_usage!
}

function sumOf(samples: readonly EvalSample[]): Usages {
  const sum: { [model: string]: { [kind: string]: number } } = {}
  for (const [model, usage] of samples.flatMap((sample) => Object.entries<ModelUsage>(sample.model_usage ?? {}))) {
    const total = (sum[model] ??= {})
    for (const [kind, value] of Object.entries(usage)) total[kind] = (total[kind] ?? 0) + value
  }
  return sum as unknown as Usages
}

/** As in the expectations: without nulls, NaN as a text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'number' && Number.isNaN(value)) return 'NaN'
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.entries(value).filter(([, part]) => part !== null && part !== undefined)
  return Object.fromEntries(parts.map(([key, part]) => [key, plain(part)]))
}
