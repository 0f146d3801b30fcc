import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { WrittenBuffer } from '../inspect/buffer/written-buffer.ts'
import { at, begin, end, model, solving, tool } from '../telemetry/stream.ts'
import { count, headerOf, runningIn, told } from './running.ts'

const running = { id: 1, uuid: 'uuid1', started_at: at(0), completed: false }
const ids = { eval_set_id: null, run_id: 'run1', eval_id: 'eval1', sample_id: 'uuid1' }
const summary = { ...running, epoch: 1 }
const init = [begin('init', 'init', 'init', 0), end('init', 0.5)]

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
    const { update } = await runningIn(written)
    written.sample(running)
    for (const event of [...init, ...solving([model('one', 2, 3)])]) written.event(1, event)
    await update()
    written.remove(1)
    expect(await update()).toStrictEqual([])
    for (const event of init) written.event(1, event)
    written.sample({ ...running, started_at: at(20) })
    written.event(1, begin('again', 'solvers', 'solvers', 21))
    const second = await update()
    expect(told(second)).toStrictEqual(['attempt 2', 'span_begin solvers'])
    expect(second[0]!.data).toStrictEqual({ ...ids, attempt: 2, summary: { ...summary, started_at: at(20) } })
  })

  it('that may be tried again leaves to the log what the log may tell in other words', async () => {
    const written = new WrittenBuffer()
    const { update } = await runningIn(written, { log: headerOf({ retry_on_error: 2 }) })
    written.sample(running)
    const solver = [begin('solver', 'generate', 'solver', 1, 'solvers'), model('one', 2, 3), tool('add', 'add', 3, 4)]
    for (const event of [...init, begin('solvers', 'solvers', 'solvers', 1), ...solver, end('solver', 4)])
      written.event(1, event)
    expect(told(await update()).slice(3)).toStrictEqual([
      'span_begin solvers',
      'span_begin generate',
      'onBeforeModelGenerate',
      'onModelUsage',
      'model',
    ])
    // The log of a failed attempt begins with its last call of a model, which is another one now.
    written.event(1, begin('next', 'generate', 'solver', 5, 'solvers'))
    written.event(1, model('two', 5, 6, { span_id: 'next' }))
    written.event(1, end('next', 7))
    written.event(1, end('solvers', 7))
    expect(told(await update())).toStrictEqual([
      'span_begin generate',
      'tool',
      'span_end solver',
      'onBeforeModelGenerate',
      'onModelUsage',
      'model',
      'onSampleScoring',
    ])
  })

  it('that may have been tried again is told whole when no log will tell it', async () => {
    const written = new WrittenBuffer({ pid: 2 ** 22 + 1 })
    const { update } = await runningIn(written, { log: headerOf({ retry_on_error: 2 }) })
    written.sample(running)
    for (const event of [...init, ...solving([model('one', 2, 3)])]) written.event(1, event)
    expect(told(await update()).slice(-2)).toStrictEqual(['model', 'onSampleScoring'])
    written.age(121)
    expect(['model', 'onSampleScoring', ...told(await update())]).toStrictEqual([
      'model',
      'onSampleScoring',
      'span_end solver',
      'span_end solvers',
    ])
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
    const { update } = await runningIn(written)
    written.sample({ ...running, completed: true, completed_at: at(5), scores: { match: { value: 'C' } } })
    written.sample({ id: 2, uuid: 'uuid2' })
    const first = model('one', 2, 3, { tools: [], config: {} })
    for (const event of [...init, ...solving([first], 4)]) written.event(1, event)
    written.event(2, begin('solvers', 'solvers', 'solvers', 1))
    written.age(121)
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
    expect(await update()).toStrictEqual([])
    written.event(2, end('solvers', 2))
    expect(told(await update())).toStrictEqual(['span_end solvers', 'onSampleScoring'])
  })

  it('of a process that is not seen from here is not taken for abandoned while it is written', async () => {
    const written = new WrittenBuffer({ pid: 2 ** 22 + 1 })
    const { update } = await runningIn(written)
    written.sample({ ...running, completed: true, completed_at: at(5) })
    for (const event of [...init, ...solving([])]) written.event(1, event)
    written.age(100)
    expect(count(await update(), 'onSampleStart')).toBe(1)
    written.sample({ id: 2, uuid: 'uuid2' })
    written.event(2, begin('solvers', 'solvers', 'solvers', 1))
    expect(told(await update())).toStrictEqual(['onSampleInit', 'onSampleStart', 'attempt 1', 'span_begin solvers'])
    written.age(121)
    expect(told(await update())).toContain('onSampleEnd')
  })

  it('that cannot be read is one problem, however often it is looked at, and read on when it can', async () => {
    const written = new WrittenBuffer()
    const { update, problems, samples } = await runningIn(written)
    written.sample(running)
    written.event(1, begin('solvers', 'solvers', 'solvers', 1))
    written.database.exec('ALTER TABLE attachments RENAME TO other')
    for (const _ of [1, 2, 3]) expect(await update()).toStrictEqual([])
    expect(problems.map(({ code, message }) => [code, message])).toStrictEqual([
      ['BAD_LOG', `${written.path}: no such table: attachments`],
    ])
    written.database.exec('ALTER TABLE other RENAME TO attachments')
    expect(told(await update())).toStrictEqual(['onSampleInit', 'onSampleStart', 'attempt 1', 'span_begin solvers'])
    expect(samples.gone).toBe(false)
  })

  it('in which an event refers to messages that cannot be loses that event alone, and says so once', async () => {
    const written = new WrittenBuffer()
    const { update, problems } = await runningIn(written)
    written.sample(running)
    written.message(1, { role: 'user', content: 'asked' })
    written.event(1, begin('solvers', 'solvers', 'solvers', 1))
    const call = { ...model('one', 2, undefined), pending: true }
    const ranges = [[['a', 'b']], [[3e8, 3e8 + 1]], [[0, 2 ** 53]], [[1e300, 2]], [[2, 1]], [[-1, 1]], 'x', [7]]
    for (const [index, input_refs] of ranges.entries()) written.event(1, { ...call, uuid: `call-${index}`, input_refs })
    const endless = Array.from({ length: 200_001 }, () => [0, 1])
    written.event(1, { ...call, uuid: 'endless', input_refs: endless })
    expect(count(await update(), 'onBeforeModelGenerate')).toBe(ranges.length)
    written.event(1, end('solvers', 4))
    expect(told(await update())).toStrictEqual(['span_end solvers', 'onSampleScoring'])
    expect(problems.map(({ message }) => message)).toStrictEqual([
      `${written.path}: sample 1, epoch 1, event ${ranges.length + 2}: refers to more than 200000 messages at once, which no model takes; copy the log again`,
    ])
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
