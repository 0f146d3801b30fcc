import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/delivery/item.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { findBuffers } from '../../src/inspect/buffer/find-buffers.ts'
import { openLog } from '../../src/inspect/log.ts'
import type { EvalLog, Event } from '../../src/inspect/records.ts'
import { replay } from '../../src/sources/replay.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { count, RecordedRun, runningAt, told } from './running.ts'

async function headerAt(path: string): Promise<EvalLog> {
  const log = await openLog(path)
  await log.close()
  return log.header
}

/** By sample: each event as it was given last, in the order in which they were given first. */
function streams(events: readonly HookEvent[]): Map<string, Map<string, unknown>> {
  const found = new Map<string, Map<string, unknown>>()
  for (const { hook, data } of events) {
    if (hook !== 'onSampleEvent') continue
    const stream = found.get(data.sample_id) ?? new Map<string, unknown>()
    found.set(data.sample_id, stream.set(data.event.uuid!, withoutInputIds(data.event)))
  }
  return found
}

/** Inspect stores messages that differ in their id only as one. */
function withoutInputIds(event: Event): unknown {
  if (event.event !== 'model') return event
  return { ...event, input: event.input.map((message) => ({ ...message, id: undefined })) }
}

describe('the buffer of a real run', () => {
  it('gives the events that the hooks were given, up to that moment', async () => {
    const moment = new RecordedRun('moment')
    const live = moment.live()
    const { update, problems } = runningAt(moment.place, { log: await headerAt(moment.log) })
    const events = await update()
    const all = streams(live)
    const until = streams(events)
    expect([...until].map(([, stream]) => stream.size)).toStrictEqual([26, 13, 37, 15])
    for (const [uuid, stream] of until) {
      expect([...stream]).toStrictEqual([...all.get(uuid)!].slice(0, stream.size))
    }
    // Three samples are whole, and of the other one it is the beginning.
    expect([...until].filter(([uuid, stream]) => all.get(uuid)!.size === stream.size)).toHaveLength(3)
    expect(problems).toStrictEqual([])
    expect(await update()).toStrictEqual([])
  })

  it('gives the summaries, calls and retries that the hooks were given', async () => {
    const moment = new RecordedRun('moment')
    const live = moment.live()
    const events = await runningAt(moment.place, { log: await headerAt(moment.log) }).update()
    const names = ['onSampleInit', 'onSampleStart', 'onSampleAttemptStart', 'onModelRetry']
    for (const name of names) expect([name, count(events, name)]).toStrictEqual([name, count(live, name)])
    const retries = (from: readonly HookEvent[]): unknown[] =>
      from.flatMap(({ hook, data }) => (hook === 'onModelRetry' ? [{ ...data, wait_time: 0 }] : []))
    expect(retries(events)).toStrictEqual(retries(live))
    const starts = (from: readonly HookEvent[]): unknown[] =>
      from.flatMap(({ hook, data }) => (hook === 'onSampleStart' && data.summary.id === 'running' ? [data] : []))
    expect(starts(events)).toStrictEqual(starts(live))
    const waiting = events.filter(({ hook }) => hook === 'onBeforeModelGenerate').length
    // One call has no answer yet, two were refused.
    expect(waiting - count(events, 'onModelUsage')).toBe(3)
  })

  it.each([{}, { EVALSPAN_TRACE_SHAPE: 'run' }])(
    'gives spans that the log then gives in the same words, and none that is not final: %j',
    async (env) => {
      const { early, late } = await itemsOf(new RecordedRun('moment'), { env })
      const final = new Map(late.map((item) => [`${item.object} ${item.id}`, item.digest]))
      expect(early.map((item) => final.get(`${item.object} ${item.id}`))).toStrictEqual(
        early.map((item) => item.digest),
      )
      expect(new Set(early.map(nameOf))).toStrictEqual(
        new Set([
          'mark',
          'chat moment',
          'execute_tool add',
          'solver generate',
          'solver fail',
          'solver use_tools',
          'solvers',
          'scorer match',
          'scorer steady',
          'scorers',
        ]),
      )
      expect(early.map(({ id }) => id).toSorted()).toStrictEqual([...new Set(early.map(({ id }) => id))].toSorted())
      expect(late.length).toBe(final.size)
    },
  )

  it('leaves the log to give what a replay of the log alone gives', async () => {
    const moment = new RecordedRun('moment')
    const { late } = await itemsOf(moment)
    const mapping = new Mapping(telemetrySettings({}))
    const alone = (await replayOf(moment.log)).flatMap((event) => mapping.map(event).items)
    expect(late.map(({ id, digest }) => [id, digest])).toStrictEqual(alone.map(({ id, digest }) => [id, digest]))
  })

  it('gives the ends of finished samples when the run is over without a log of them, in the words of a log', async () => {
    const { early, late } = await itemsOf(new RecordedRun('moment'), { crashed: true })
    const final = new Map(late.map((item) => [`${item.object} ${item.id}`, item.digest]))
    expect(early.map((item) => final.get(`${item.object} ${item.id}`))).toStrictEqual(early.map((item) => item.digest))
    expect(early.filter((item) => nameOf(item) === 'eval_sample moment')).toHaveLength(3)
  })
})

describe('the buffer of a real run whose sample is tried again', () => {
  it('gives nothing that the log then gives in other words, and what the log has lost', async () => {
    const { early, late } = await itemsOf(new RecordedRun('retried'), { moments: 2 })
    const final = new Map(late.map((item) => [`${item.object} ${item.id}`, item.digest]))
    const isOther = (item: Item): boolean => (final.get(`${item.object} ${item.id}`) ?? item.digest) !== item.digest
    expect(early.filter(isOther).map(nameOf)).toStrictEqual([])
    const lost = early.filter((item) => !final.has(`${item.object} ${item.id}`)).map(nameOf)
    expect(lost.toSorted()).toStrictEqual([
      'chat retried',
      'chat retried',
      'chat retried',
      'execute_tool add',
      'execute_tool add',
      'solver generate',
      'solver use_tools',
    ])
    const parents = new Set([...early, ...late].map(({ id }) => id))
    const orphans = early.filter((item) => item.kind === 'span' && !parents.has(item.body.parentSpanId!))
    expect(orphans.map(nameOf)).toStrictEqual([])
  })
})

describe('the folder beside the log of a real run', () => {
  it('gives the samples that the log does not hold', async () => {
    const folder = join(import.meta.dirname, '../fixtures/inspect/inprogress')
    const path = join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.eval'))!,
    )
    const log = await openLog(path)
    const logged = new Set<unknown>()
    for await (const entry of log.samples()) if ('sample' in entry) logged.add(entry.sample.uuid)
    await log.close()
    const [place] = await findBuffers(path, { XDG_DATA_HOME: '/nowhere' })
    const { update } = runningAt(place!, { log: log.header, leaveOut: ({ uuid }) => logged.has(uuid) })
    const events = await update()
    const starts = events.flatMap(({ hook, data }) => (hook === 'onSampleStart' ? [data.summary.id] : []))
    expect(starts).toStrictEqual([3, 4])
    expect(told(events.slice(0, events.length / 2))).toStrictEqual([
      'onSampleInit',
      'onSampleStart',
      'attempt 1',
      'span_begin solvers',
      'span_begin slow',
      'onBeforeModelGenerate',
      'model',
      'onModelUsage',
      'model',
    ])
  })
})

async function replayOf(path: string): Promise<HookEvent[]> {
  return Array.fromAsync(
    replay([path], {
      onProblem: (error) => {
        throw error
      },
    }),
  )
}

interface ItemsOptions {
  readonly moments?: number
  readonly crashed?: boolean
  readonly env?: NodeJS.ProcessEnv
}

/** What the run's buffer gives at these moments, and what its log gives to the same mapping afterwards. */
async function itemsOf(
  run: RecordedRun,
  { moments = 1, crashed, env = {} }: ItemsOptions = {},
): Promise<{ early: Item[]; late: Item[] }> {
  const mapping = new Mapping(telemetrySettings(env))
  const log = await replayOf(run.log)
  const { update } = runningAt(run.place, { log: await headerAt(run.log) })
  const before = log.filter(({ hook }) => hook === 'onRunStart' || hook === 'onTaskStart')
  const early = before.flatMap((event) => mapping.map(event).items)
  for (let moment = 1; moment <= moments; moment += 1) {
    run.goTo(moment)
    if (crashed) run.age()
    for (const event of await update()) early.push(...mapping.map(event).items)
  }
  return { early, late: log.flatMap((event) => mapping.map(event).items) }
}

function nameOf(item: Item): string {
  if (item.kind === 'span') return item.body.name
  return item.kind
}
