import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import type { ModelUsage } from '../../src/inspect/records.ts'
import { replay } from '../../src/sources/replay.ts'
import { parseTime } from '../../src/time.ts'

const folder = 'test/fixtures/inspect-versions'
const logs = readdirSync(folder).filter((name) => /^0\.3\.\d+.*(?<!expected)\.(?:eval|json)$|-retry$/.test(name))

async function read(name: string): Promise<HookEvent[]> {
  return Array.fromAsync(
    replay([`${folder}/${name}`], {
      onProblem: (error) => {
        throw error
      },
    }),
  )
}

describe('replay of logs of older releases', () => {
  it('fires the hooks of today, without the steps of then', async () => {
    const events = await read('0.3.31-tools.json')
    expect(events.map(shown)).toEqual([
      'onRunStart',
      'onTaskStart',
      'onSampleInit',
      'onSampleStart',
      'onSampleAttemptStart 1',
      'event span_begin solvers',
      ...solver('system_message', 'event state'),
      ...solver('use_tools', 'event state'),
      ...solver('remember', 'event state', 'event store'),
      'event span_begin by_kind',
      ...call('event model', 'onModelUsage'),
      'event span_begin ask',
      'event info',
      ...call('event model', 'onModelUsage'),
      'event span_end',
      'event tool ask',
      ...call('event model', 'onModelUsage'),
      'event state',
      'event span_end',
      'event span_end',
      'onSampleScoring',
      'event span_begin scorers',
      'event span_begin has_answer',
      'event score',
      'event span_end',
      'event span_begin judge',
      ...call('event model', 'onModelUsage'),
      'event score',
      'event span_end',
      'event span_end',
      'onSampleAttemptEnd 1',
      'onSampleEnd',
      'onTaskEnd',
      'onRunEnd',
    ])
  })

  it('fires them all for samples that have no events', async () => {
    const events = await read('0.3.8.json')
    const first = events.filter(({ data }) => 'sample_id' in data && data.sample_id?.endsWith('_wrong_epoch_2'))
    expect(first.map(shown)).toEqual([
      'onSampleInit',
      'onSampleStart',
      'onSampleAttemptStart 1',
      'onSampleScoring',
      'onSampleAttemptEnd 1',
      'onSampleEnd',
    ])
  })

  it.each(logs)('%s begins and ends each sample once, under an id of its own', async (name) => {
    const events = await read(name)
    const ids = idsOf(events, 'onSampleEnd')
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(0)
    expect(idsOf(events, 'onSampleInit')).toEqual(ids)
    expect(idsOf(events, 'onSampleStart')).toEqual(ids)
    expect(idsOf(events, 'onSampleAttemptStart')).toEqual(idsOf(events, 'onSampleAttemptEnd'))
    for (const { meta } of events) expect(parseTime(meta.time)).toBeDefined()
  })

  // Since then the log keeps the last calls of attempts that were tried again.
  it.each(logs.filter((name) => !/^0\.3\.(?:8|20|240)\./.test(name)))(
    '%s tells each use of a model once',
    async (name) => {
      const events = await read(name)
      const calls = events.flatMap(({ hook, data }) => (hook === 'onModelUsage' ? [data.usage] : []))
      const samples = events.flatMap(({ hook, data }) =>
        hook === 'onSampleEnd' ? Object.values(data.sample.model_usage ?? {}) : [],
      )
      expect(total(calls)).toEqual(total(samples))
      expect(total(calls).output_tokens).toBeGreaterThan(0)
    },
  )
})

function shown({ hook, data }: HookEvent): string {
  if ('attempt' in data) return `${hook} ${data.attempt}`
  if (hook !== 'onSampleEvent') return hook
  const { event } = data
  return ['event', event.event, 'name' in event ? event.name : 'function' in event ? event.function : '']
    .join(' ')
    .trim()
}

function solver(name: string, ...events: readonly string[]): string[] {
  return [`event span_begin ${name}`, ...events, 'event span_end']
}

function call(event: string, usage: string): string[] {
  return ['onBeforeModelGenerate', usage, event]
}

function idsOf(events: readonly HookEvent[], wanted: HookEvent['hook']): unknown[] {
  return events.flatMap(({ hook, data }) => (hook === wanted && 'sample_id' in data ? [data.sample_id] : []))
}

function total(usages: readonly ModelUsage[]): ModelUsage {
  const sum = (kind: keyof ModelUsage): number => usages.reduce((all, usage) => all + (usage[kind] ?? 0), 0)
  return {
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    total_tokens: sum('total_tokens'),
    input_tokens_cache_read: sum('input_tokens_cache_read'),
  }
}
