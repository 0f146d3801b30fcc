import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/delivery/item.ts'
import type { Event } from '../../src/inspect/records.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { parseTime } from '../../src/time.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { named, renderMeasurements, renderTree, spansOf } from './render.ts'
import {
  at,
  begin,
  end,
  fire,
  mapAll,
  model,
  play,
  sampleIds,
  sampleOf,
  solving,
  spec,
  summary,
  tool,
} from './stream.ts'

function tree(items: readonly Item[]): string {
  const sample = spansOf(items).filter((span) => !['eval_run', 'eval_task sums'].includes(span.name))
  return renderTree(sample, { ids: false })
}

describe('spans of a sample', () => {
  it('pairs parallel tool calls of one name with their spans by the order of the log', () => {
    const events = solving([
      begin('t1', 'add', 'tool', 2, 'solver'),
      tool('e1', 'add', 2, 6),
      begin('t2', 'add', 'tool', 2, 'solver'),
      tool('e2', 'add', 2, 5),
      end('t2', 5),
      end('t1', 6),
    ])
    // Both spans have ended when the first event arrives, so the time alone does not tell.
    const live = [
      events[0]!,
      events[1]!,
      events[2]!,
      events[4]!,
      end('t2', 5),
      end('t1', 5),
      events[5]!,
      events[3]!,
      ...events.slice(8),
    ]
    const calls = named(play(sampleOf(events), { live }), 'execute_tool add')
    expect(
      calls
        .map(({ attributes }) => `${String(attributes['gen_ai.tool.call.id'])} ${String(attributes['eval.span.id'])}`)
        .toSorted(),
    ).toEqual(['call-e1 t1', 'call-e2 t2'])
  })

  it('gives out a chat span once, though its event comes twice and again with the sample', () => {
    const events = solving([model('m1', 2, 4)])
    const live = [...events.slice(0, 2), model('m1', 2, undefined), model('m1', 2, 4), ...events.slice(3)]
    const items = play(sampleOf(events), { live })
    expect(tree(items)).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–9000.0
        → {"eval.link.type":"task"}
        eval_attempt 0.0–9000.0
          solvers 0.0–8000.0
            solver generate 0.0–8000.0
              chat gpt-9 (client) 1000.0–3000.0"
    `)
    expect(items).toEqual(play(sampleOf(events)))
  })

  it('takes from the finished sample what got lost on the way', () => {
    const events = solving([
      model('m1', 2, 4),
      begin('t1', 'add', 'tool', 5, 'solver'),
      tool('e1', 'add', 5, 6),
      end('t1', 6),
    ])
    const byId = (items: Item[]): Item[] => items.toSorted((a, b) => (a.object + a.id < b.object + b.id ? -1 : 1))
    expect(byId(play(sampleOf(events), { live: [] }))).toEqual(byId(play(sampleOf(events))))
  })

  it('shows a call that was cut off until its solver ended, as incomplete', () => {
    const cutOff = model('m1', 2, undefined, { pending: true, output: undefined })
    const events = solving([cutOff], 7)
    expect(tree(play(sampleOf(events, { limit: { type: 'time', limit: 6 } })))).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–9000.0
        · eval.sample.limit 9000.0 {"eval.sample.limit":"time","eval.sample.limit.value":6}
        → {"eval.link.type":"task"}
        eval_attempt 0.0–9000.0
          solvers 0.0–6000.0
            solver generate 0.0–6000.0
              chat gpt-9 (client) 1000.0–6000.0 incomplete"
    `)
  })

  it('ends a call that tripped a limit with its answer', () => {
    const tripping = model('m1', 2, undefined, {
      output: { model: 'gpt-9', choices: [], usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 }, time: 1.5 },
    })
    const [chat] = named(play(sampleOf(solving([tripping]))), 'chat gpt-9')
    expect([chat!.end[0] - chat!.start[0], chat!.end[1]]).toEqual([1, 500_000_000])
    expect(chat!.attributes['gen_ai.usage.output_tokens']).toBe(2)
  })

  it('puts back-offs on the call that went on, and keeps failed attempts apart', () => {
    const failed = model('m1', 2, undefined, { error: "RateLimitError('429')", working_start: 1 })
    const events = solving([failed, model('m2', 1.9, 8, { working_time: 1, working_start: 1 })])
    const retry = fire(
      'onModelRetry',
      {
        ...sampleIds,
        model_name: 'gpt-9',
        attempt: 1,
        wait_time: 4.5,
        exception_type: 'RateLimitError',
        status_code: 429,
      },
      2.5,
    )
    const items = play(sampleOf(events), { before: [retry] })
    expect(tree(items)).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–9000.0
        → {"eval.link.type":"task"}
        eval_attempt 0.0–9000.0
          solvers 0.0–8000.0
            solver generate 0.0–8000.0
              chat gpt-9 (client) 900.0–7000.0
                · eval.model.retry 1500.0 {"eval.model.retry.attempt":1,"eval.model.retry.wait_time":4.5,"error.type":"RateLimitError","http.response.status_code":429,"gen_ai.request.model":"gpt-9"}
              chat gpt-9 (client) 1000.0–1000.0 ERROR RateLimitError: RateLimitError('429')
                · exception 1000.0 {"exception.type":"RateLimitError","exception.message":"RateLimitError('429')"}"
    `)
    expect(
      renderMeasurements(items)
        .split('\n')
        .filter((line) => line.startsWith('eval.model.retry')),
    ).toMatchInlineSnapshot(`
      [
        "eval.model.retry {"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-9","error.type":"RateLimitError","http.response.status_code":429}: 1 × = 1",
        "eval.model.retry.wait_time {"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-9","error.type":"RateLimitError"}: 1 × = 4.5",
      ]
    `)
  })

  it('puts back-offs on the sample when no call can be told to be the retried one', () => {
    const retry = fire('onModelRetry', { ...sampleIds, model_name: 'other', attempt: 1, wait_time: 1 }, 2)
    const [root] = named(play(sampleOf(solving([model('m1', 2, 4)])), { before: [retry] }), 'eval_sample sums')
    expect(root!.events.map((event) => event.name)).toEqual(['eval.model.retry'])
  })

  it('counts no tokens of an answer from the cache, but what it saved', () => {
    const items = play(sampleOf(solving([model('m1', 2, 2.1, { cache: 'read' })])))
    const [chat] = named(items, 'chat gpt-9')
    expect(chat!.kind).toBe('internal')
    expect(Object.keys(chat!.attributes).filter((name) => name.startsWith('gen_ai.usage'))).toEqual([])
    expect(
      renderMeasurements(items)
        .split('\n')
        .filter((line) => /cache|token\.usage/.test(line)),
    ).toMatchInlineSnapshot(`
      [
        "eval.model.cache.lookup {"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-9","eval.cache.result":"hit"}: 1 × = 1",
        "eval.model.cache.saved_tokens {"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-9","gen_ai.token.type":"input"}: 1 × = 10",
        "eval.model.cache.saved_tokens {"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-9","gen_ai.token.type":"output"}: 1 × = 5",
      ]
    `)
  })

  it('hangs the sandbox failure of a sample that never ran on its root', () => {
    const events = [begin('init', 'init', 'init', 0.2), end('init', 0.8)]
    const error = { message: "RuntimeError('no sandbox')", traceback: 'secret traceback', traceback_ansi: '' }
    const sample = sampleOf(events, { error, started_at: undefined, completed_at: at(0.9) })
    const items = mapAll([
      fire('onTaskStart', { run_id: 'run1', eval_id: 'eval1', spec }, 0),
      fire('onSampleInit', { ...sampleIds, summary }, 0.2),
      fire('onSampleEnd', { ...sampleIds, sample }, 0.9),
    ])
    expect(tree(items)).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–700.0 ERROR RuntimeError: RuntimeError('no sandbox')
        · exception 700.0 {"exception.type":"RuntimeError","exception.message":"RuntimeError('no sandbox')"}
        → {"eval.link.type":"task"}
        init 0.0–600.0"
    `)
  })

  it('keeps unknown spans and events from breaking anything', () => {
    const odd = { event: 'from_the_future', uuid: 'x', timestamp: at(3), span_id: 'nowhere' } as unknown as Event
    const lost = model('m1', 2, 4, { span_id: 'nowhere' })
    expect(tree(play(sampleOf(solving([odd, lost]))))).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–9000.0
        → {"eval.link.type":"task"}
        eval_attempt 0.0–9000.0
          solvers 0.0–8000.0
            solver generate 0.0–8000.0
          chat gpt-9 (client) 1000.0–3000.0"
    `)
  })

  it('closes what has no end when it is told that nothing more comes', () => {
    const mapping = new Mapping(telemetrySettings({}))
    const live = solving([model('m1', 2, 4)]).slice(0, 3)
    const items = [
      fire('onRunStart', { run_id: 'run1', task_names: ['sums'] }, 0),
      fire('onTaskStart', { run_id: 'run1', eval_id: 'eval1', spec }, 0),
      fire('onSampleInit', { ...sampleIds, summary }, 0.5),
      fire('onSampleAttemptStart', { ...sampleIds, summary, attempt: 1 }, 1),
      ...live.map((event) => fire('onSampleEvent', { ...sampleIds, event }, 5)),
    ].flatMap((event) => mapping.map(event).items)
    expect(items.flatMap((item) => (item.kind === 'span' ? [item.body.name] : []))).toEqual(['chat gpt-9'])
    expect(mapping.unfinished.samples).toBe(1)
    items.push(...mapping.seal([0, 0]).items)
    expect(tree(items)).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–3000.0 incomplete
        → {"eval.link.type":"task"}
        eval_attempt 0.0–3000.0 incomplete
          solvers 0.0–3000.0 incomplete
            solver generate 0.0–3000.0 incomplete
              chat gpt-9 (client) 1000.0–3000.0"
    `)
    expect(mapping.unfinished.samples).toBe(0)
  })
})

describe('what goes wrong', () => {
  it('shows spans that are each other’s ancestors as a tree all the same', () => {
    const loop = [
      begin('a', 'a', 'span', 2, 'b'),
      begin('b', 'b', 'span', 2, 'a'),
      model('m1', 3, 4, { span_id: 'b' }),
      end('b', 5),
      end('a', 6),
    ]
    const events = solving([begin('self', 'self', 'span', 2, 'self'), ...loop, end('self', 7)])
    expect(tree(play(sampleOf(events)))).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–9000.0
        → {"eval.link.type":"task"}
        eval_attempt 0.0–9000.0
          solvers 0.0–8000.0
            solver generate 0.0–8000.0
          span self 1000.0–6000.0
          span b 1000.0–4000.0
            span a 1000.0–5000.0
            chat gpt-9 (client) 2000.0–3000.0"
    `)
  })

  it('takes scores that are named like properties of every object for text', () => {
    const scores = { a: { value: 'constructor' }, b: { value: 'toString' }, c: { value: '0x10' } }
    const items = play(sampleOf(solving([]), { scores }))
    const results = items.flatMap((item) => (item.kind === 'log' ? [item.body.attributes] : []))
    expect(
      results.map((result) => [result['gen_ai.evaluation.score.value'], result['gen_ai.evaluation.score.label']]),
    ).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ])
  })

  it('places an attempt of which no event is left at the time of its hooks', () => {
    const error = { message: "ValueError('early')", traceback: '', traceback_ansi: '' }
    const items = mapAll([
      fire('onTaskStart', { run_id: 'run1', eval_id: 'eval1', spec }, 0),
      fire('onSampleInit', { ...sampleIds, summary }, 0.5),
      fire('onSampleAttemptStart', { ...sampleIds, summary, attempt: 1 }, 1),
      fire('onSampleAttemptEnd', { ...sampleIds, summary, attempt: 1, error, will_retry: true }, 2),
    ])
    expect(named(items, 'eval_attempt')[0]!.start).toEqual(parseTime(at(1)))
  })

  it('gives a back-off to the call whose attempt failed, though another one was open', () => {
    const failed = model('m0', 2.5, undefined, {
      error: "RateLimitError('429')",
      input: [{ role: 'user', content: 'long' }],
      working_start: 1,
    })
    const long = model('m1', 2, 8, { input: [{ role: 'user', content: 'long' }], working_time: 1, working_start: 0.5 })
    const other = model('m2', 2, 6)
    const retry = fire('onModelRetry', { ...sampleIds, model_name: 'gpt-9', attempt: 1, wait_time: 3 }, 3)
    const items = play(sampleOf(solving([failed, other, long])), { before: [retry] })
    const retried = named(items, 'chat gpt-9').filter((span) =>
      span.events.some((event) => event.name === 'eval.model.retry'),
    )
    expect(retried.map((span) => span.end)).toEqual([parseTime(at(8))])
    // Without the failed attempt nobody can tell.
    const unclear = play(sampleOf(solving([other, long])), { before: [retry] })
    expect(named(unclear, 'eval_sample sums')[0]!.events.map((event) => event.name)).toEqual(['eval.model.retry'])
  })

  it('tells a crashed scorer on its span and as a result without a score', () => {
    const error = { message: "KeyError('x')", traceback: '', traceback_ansi: '' }
    const scoring = [
      begin('scorers', 'scorers', 'scorers', 9),
      begin('s', 'judge', 'scorer', 9, 'scorers'),
      end('s', 9.5),
      end('scorers', 9.5),
    ]
    const items = play(sampleOf([...solving([]), ...scoring], { error }))
    expect(tree(items)).toMatchInlineSnapshot(`
      "eval_sample sums 0.0–9000.0 ERROR KeyError: KeyError('x')
        → {"eval.link.type":"task"}
        eval_attempt 0.0–9000.0 ERROR KeyError: KeyError('x')
          solvers 0.0–8000.0
            solver generate 0.0–8000.0
          scorers 8000.0–8500.0
            scorer judge 8000.0–8500.0 ERROR KeyError: KeyError('x')
              · exception 8500.0 {"exception.type":"KeyError","exception.message":"KeyError('x')"}"
    `)
    const [record] = items.flatMap((item) => (item.kind === 'log' ? [item.body.attributes] : []))
    expect(record).toMatchObject({ 'gen_ai.evaluation.name': 'judge', 'error.type': 'KeyError' })
  })

  it('tells each edit of a score with what it left', () => {
    const edit = (uuid: string, seconds: number, value: string): Event => ({
      event: 'score_edit',
      uuid,
      timestamp: at(seconds),
      score_name: 'judge',
      edit: { value, explanation: 'why' },
    })
    const scores = { judge: { value: 'C', history: [{ value: 'I' }, { value: 'UNCHANGED' }, { value: 'C' }] } }
    const items = play(sampleOf([...solving([]), edit('e1', 20, 'UNCHANGED'), edit('e2', 30, 'C')], { scores }))
    const labels = items.flatMap((item) =>
      item.kind === 'log' ? [item.body.attributes['gen_ai.evaluation.score.label']] : [],
    )
    expect(labels).toEqual(['I', 'I', 'C'])
  })
})

describe('runs', () => {
  const setIds = { eval_set_id: 'set1' }

  it('tell their set once, also when they fail before their first task', () => {
    const items = mapAll([
      fire('onRunStart', { ...setIds, run_id: 'r1', task_names: [] }, 0),
      fire('onRunEnd', { ...setIds, run_id: 'r1', exception: { type: 'KeyError', message: 'boom' }, logs: [] }, 1),
      fire('onRunStart', { ...setIds, run_id: 'r2', task_names: ['sums'] }, 2),
      fire('onTaskStart', { ...setIds, run_id: 'r2', eval_id: 'eval1', spec: { ...spec, run_id: 'r2' } }, 2),
      fire('onRunEnd', { ...setIds, run_id: 'r2', logs: [] }, 4),
      fire(
        'onRunEnd',
        { ...setIds, run_id: 'r2', exception: { type: 'LimitExceededError', message: 'twice' }, logs: [] },
        5,
      ),
    ])
    expect(renderTree(spansOf(items), { ids: false })).toMatchInlineSnapshot(`
      "eval_set 1000.0–1000.0
        eval_run 0.0–4000.0
          eval_task sums 0.0–4000.0 ERROR cancelled: cancelled
        eval_run 1000.0–1000.0 ERROR KeyError: boom
          · exception 1000.0 {"exception.type":"KeyError","exception.message":"boom"}"
    `)
  })
})
