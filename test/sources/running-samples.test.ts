import { readdirSync, rmSync } from 'node:fs'
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
import { WrittenBuffer } from '../inspect/buffer/written-buffer.ts'
import { at, begin, end, model, solving } from '../telemetry/stream.ts'
import { headerOf, moment, runningAt, runningIn } from './running.ts'

const running = { id: 1, uuid: 'uuid1', started_at: at(0), completed: false }
const ids = { eval_set_id: null, run_id: 'run1', eval_id: 'eval1', sample_id: 'uuid1' }
const summary = { ...running, epoch: 1 }
const init = [begin('init', 'init', 'init', 0), end('init', 0.5)]

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

const count = (events: readonly HookEvent[], hook: string): number =>
  events.filter((event) => event.hook === hook).length

const told = (events: readonly HookEvent[]): string[] =>
  events.map(({ hook, data }) => {
    if (hook === 'onSampleAttemptStart') return `attempt ${data.attempt}`
    if (hook !== 'onSampleEvent') return hook
    const { event } = data
    if (event.event === 'span_begin') return `${event.event} ${event.name}`
    return event.event === 'span_end' ? `${event.event} ${event.id}` : event.event
  })

describe('the buffer of a real run', () => {
  it('gives the events that the hooks were given, up to that moment', async () => {
    const live = moment.live()
    const { update, problems } = runningAt(moment.place(), { log: await headerAt(moment.log) })
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
    const live = moment.live()
    const events = await runningAt(moment.place(), { log: await headerAt(moment.log) }).update()
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
      const { early, late } = await itemsOfMoment(env, false)
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
    const { late } = await itemsOfMoment({}, false)
    const mapping = new Mapping(telemetrySettings({}))
    const alone = (await replayOf(moment.log)).flatMap((event) => mapping.map(event).items)
    expect(late.map(({ id, digest }) => [id, digest])).toStrictEqual(alone.map(({ id, digest }) => [id, digest]))
  })

  it('gives the ends of finished samples when the run is over without a log of them, in the words of a log', async () => {
    const { early, late } = await itemsOfMoment({}, true)
    const final = new Map(late.map((item) => [`${item.object} ${item.id}`, item.digest]))
    expect(early.map((item) => final.get(`${item.object} ${item.id}`))).toStrictEqual(early.map((item) => item.digest))
    expect(early.filter((item) => nameOf(item) === 'eval_sample moment')).toHaveLength(3)
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

describe('a running sample', () => {
  it('is announced, and then its events come as they are complete', async () => {
    const written = new WrittenBuffer()
    const { update } = await runningIn(written)
    written.sample(running)
    for (const event of init) written.event(1, event)
    expect(await update()).toStrictEqual([
      {
        hook: 'onSampleInit',
        data: { ...ids, summary },
        meta: { time: at(0).replace('+00:00', 'Z'), host: 'inspect', replay: true },
      },
    ])
    expect(await update()).toStrictEqual([])
    const call = model('call', 2, 3)
    written.event(1, begin('solvers', 'solvers', 'solvers', 1))
    written.event(1, { ...call, completed: undefined, pending: true })
    const started = await update()
    expect(told(started)).toStrictEqual(['onSampleStart', 'attempt 1', 'span_begin solvers', 'onBeforeModelGenerate'])
    written.event(1, { ...call, completed: undefined })
    written.event(1, call)
    written.event(1, end('solvers', 4))
    const answered = await update()
    expect(told(answered)).toStrictEqual(['model', 'onModelUsage', 'model', 'span_end solvers', 'onSampleScoring'])
    expect(answered.map(({ data }) => 'event' in data && 'completed' in data.event)).toStrictEqual([
      false,
      false,
      true,
      false,
      false,
    ])
  })

  it('gives the back-off of a refused call before the next one', async () => {
    const written = new WrittenBuffer()
    const { update } = await runningIn(written)
    written.sample(running)
    written.event(1, begin('solvers', 'solvers', 'solvers', 1))
    const refused = model('first', 2, undefined, {
      error: 'RateLimit(429)',
      output: undefined,
      call: { request: {}, time: 0.5 },
    })
    written.event(1, { ...refused, error: undefined, pending: true })
    written.event(1, refused)
    written.event(1, { ...model('second', 4, undefined), pending: true, output: undefined })
    const events = await update()
    expect(told(events).slice(4)).toStrictEqual([
      'onBeforeModelGenerate',
      'model',
      'onModelRetry',
      'onBeforeModelGenerate',
    ])
    expect(
      events.flatMap(({ hook, data, meta }) => (hook === 'onModelRetry' ? [[data, meta.time]] : [])),
    ).toStrictEqual([
      [
        {
          ...ids,
          model_name: 'gpt-9',
          attempt: 1,
          wait_time: 1.5,
          task_name: 'sums',
          exception_type: 'RateLimit',
          status_code: 429,
        },
        '2026-01-01T12:00:02.500Z',
      ],
    ])
    // The next call with the same question is another one.
    written.event(1, model('second', 3.9, 5))
    written.event(1, { ...model('third', 6, undefined), pending: true })
    expect(told(await update())).toStrictEqual(['onModelUsage', 'model', 'onBeforeModelGenerate'])
  })

  it('begins another attempt when its rows are removed and come anew', async () => {
    const written = new WrittenBuffer()
    const { update } = await runningIn(written, { log: headerOf({ retry_on_error: 2 }) })
    written.sample(running)
    for (const event of [...init, ...solving([model('one', 2, 3)])]) written.event(1, event)
    const first = await update()
    written.remove(1)
    expect(await update()).toStrictEqual([])
    for (const event of init) written.event(1, event)
    written.sample({ ...running, started_at: at(20) })
    written.event(1, begin('again', 'solvers', 'solvers', 21))
    const second = await update()
    // Which attempt it is cannot be known, so what hangs on it waits for the log.
    expect(told(first)).toStrictEqual([
      'onSampleInit',
      'onSampleStart',
      'attempt 1',
      'span_begin solvers',
      'span_begin generate',
      'onBeforeModelGenerate',
      'onModelUsage',
      'model',
      'span_end solver',
    ])
    expect(told(second)).toStrictEqual(['attempt 2', 'span_begin solvers'])
    expect(second[0]!.data).toStrictEqual({ ...ids, attempt: 2, summary: { ...summary, started_at: at(20) } })
  })

  it('is left to the log once the log holds it', async () => {
    const written = new WrittenBuffer()
    const logged = new Set<unknown>()
    const { update } = await runningIn(written, { leaveOut: ({ uuid }) => logged.has(uuid) })
    written.sample(running)
    written.sample({ id: 2, uuid: 'uuid2' })
    for (const id of [1, 2]) written.event(id, begin('solvers', 'solvers', 'solvers', 1))
    expect(count(await update(), 'onSampleStart')).toBe(2)
    for (const id of [1, 2]) written.event(id, end('solvers', 2))
    logged.add('uuid1')
    expect((await update()).map(({ data }) => 'sample_id' in data && data.sample_id)).toStrictEqual(['uuid2', 'uuid2'])
  })
})

describe('a buffer', () => {
  it('whose process has ended without writing them gives the ends of finished samples, once', async () => {
    const written = new WrittenBuffer({ pid: 2 ** 22 + 1 })
    const { update, samples } = await runningIn(written)
    written.sample({ ...running, completed: true, completed_at: at(5), scores: { match: { value: 'C' } } })
    written.sample({ id: 2, uuid: 'uuid2' })
    const first = model('one', 2, 3, { tools: [], config: {} })
    for (const event of [...init, ...solving([first], 4)]) written.event(1, event)
    written.event(2, begin('solvers', 'solvers', 'solvers', 1))
    const events = await update()
    expect(told(events).slice(-5)).toStrictEqual([
      'onSampleEnd',
      'onSampleInit',
      'onSampleStart',
      'attempt 1',
      'span_begin solvers',
    ])
    const ends = events.flatMap(({ hook, data }) => (hook === 'onSampleEnd' ? [data.sample] : []))
    expect(ends.map(({ uuid, completed_at, scores }) => [uuid, completed_at, scores])).toStrictEqual([
      ['uuid1', at(5), { match: { value: 'C' } }],
    ])
    expect(ends[0]!.messages.map(({ content }) => content)).toStrictEqual(['a secret question', 'a secret answer'])
    expect(samples.crashed).toBe(true)
    written.event(2, end('solvers', 2))
    expect(told(await update())).toStrictEqual(['span_end solvers', 'onSampleScoring'])
  })

  it('that cannot be read is a problem, and read on when it can', async () => {
    const written = new WrittenBuffer()
    const { update, problems, samples } = await runningIn(written)
    written.sample(running)
    written.event(1, begin('solvers', 'solvers', 'solvers', 1))
    written.database.exec('ALTER TABLE attachments RENAME TO other')
    expect(await update()).toStrictEqual([])
    expect(problems.map(({ code, message }) => [code, message])).toStrictEqual([
      ['BAD_LOG', `${written.path}: no such table: attachments`],
    ])
    written.database.exec('ALTER TABLE other RENAME TO attachments')
    expect(told(await update())).toStrictEqual(['onSampleInit', 'onSampleStart', 'attempt 1', 'span_begin solvers'])
    expect(samples.gone).toBe(false)
  })

  it('that Inspect removed gives nothing more', async () => {
    const written = new WrittenBuffer()
    const { update, samples } = await runningIn(written)
    written.sample(running)
    written.event(1, begin('solvers', 'solvers', 'solvers', 1))
    expect(await update()).toHaveLength(4)
    rmSync(written.path)
    expect(await update()).toStrictEqual([])
    expect(samples.gone).toBe(true)
    expect(await update()).toStrictEqual([])
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

/** What the run's buffer gives at the moment, and what its log gives to the same mapping afterwards. */
async function itemsOfMoment(env: NodeJS.ProcessEnv, crashed: boolean): Promise<{ early: Item[]; late: Item[] }> {
  const mapping = new Mapping(telemetrySettings(env))
  const log = await replayOf(moment.log)
  const { update } = runningAt(moment.place(), { log: await headerAt(moment.log), crashed })
  const before = log.filter(({ hook }) => hook === 'onRunStart' || hook === 'onTaskStart')
  const early = [...before, ...(await update())].flatMap((event) => mapping.map(event).items)
  return { early, late: log.flatMap((event) => mapping.map(event).items) }
}

function nameOf(item: Item): string {
  if (item.kind === 'span') return item.body.name
  return item.kind
}
