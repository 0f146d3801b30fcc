import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { consoleObserver } from '../../../exporters/console/index.ts'
import { Plan } from '../../../exporters/console/plan.ts'
import type { DeliveryReport, HookData, Item } from '../../../src/exporter.ts'
import { fresh, memoryOutput, spanItem, type SpanSketch } from './sample-spans.ts'

const report: DeliveryReport = {
  fresh: { span: 0, log: 0 },
  known: 0,
  superseded: 0,
  supersededNames: [],
  destinations: [],
  all: [],
}

describe('the console', () => {
  it('shows each task and a waterfall of the slowest sample', async () => {
    expect(`\n${await shown(run(), 80)}`).toMatchInlineSnapshot(`
      "

      bug_hunt  pilot
        samples  3: 2 success · 1 limit (1 took more than one attempt)
        scores   match  mean 0.5 of 2
                 model_graded_qa  mean 1 of 2
        tokens   7,700 in, 380 out
        retries  2 model calls tried again, 1.80 s of waiting
        errors   3 failed spans within samples

      Slowest sample  lamp-7 · 8.33 s · success · 2 attempts

                                                0        2 s      4 s      6 s
                                                ├────────┼────────┼────────┼────────┼─
      eval_sample bug_hunt               8.33 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      ├ ✗ eval_attempt 1                 820 ms ━━━━
      │ └ ✗ solver react                 790 ms ━━━━
      │   └ chat pilot                   580 ms ██▊
      └ eval_attempt 2                   7.43 s     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        ├ init                            10 ms     ▏
        ├ solver react                   6.58 s     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸
        │ └ invoke_agent react           6.53 s     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        │   ├ chat pilot                 750 ms     ▐██▊
        │   ├ execute_tool list_files    380 ms        ▕█▋
        │   ├ ✗ execute_tool run_tests   1.67 s        ▕███████▌
        │   ├ execute_tool search        170 ms        ▕▋
        │   ├ chat pilot                 2.75 s                ▐░░░█░░░░░░██▎
        │   ├ execute_tool historian     680 ms                             ━━━╸
        │   │ └ invoke_agent historian   600 ms                             ╺━━╸
        │   │   └ chat pilot             500 ms                             ▐██
        │   └ chat pilot                 450 ms                                ▐█▊
        ├ scorer model_graded_qa         790 ms                                   ━━━━
        │ └ chat pilot                   750 ms                                   ▐██▉
        └ scorer match                   2.0 ms                                      ▕
      ░ waiting to try a model call again
      ✗ solver react: ConnectionError: the workspace went away
      ✗ execute_tool run_tests: TimeoutError: the tests did not end

      "
    `)
  })

  it('uses the width of a wide terminal', async () => {
    expect(`\n${await shown(run(), 120)}`).toMatchInlineSnapshot(`
      "

      bug_hunt  pilot
        samples  3: 2 success · 1 limit (1 took more than one attempt)
        scores   match  mean 0.5 of 2
                 model_graded_qa  mean 1 of 2
        tokens   7,700 in, 380 out
        retries  2 model calls tried again, 1.80 s of waiting
        errors   3 failed spans within samples

      Slowest sample  lamp-7 · 8.33 s · success · 2 attempts

                                                0        1 s      2 s       3 s      4 s      5 s       6 s      7 s      8 s
                                                ├────────┼────────┼─────────┼────────┼────────┼─────────┼────────┼────────┼───
      eval_sample bug_hunt               8.33 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      ├ ✗ eval_attempt 1                 820 ms ━━━━━━━━
      │ └ ✗ solver react                 790 ms ━━━━━━━╸
      │   └ chat pilot                   580 ms █████▋
      └ eval_attempt 2                   7.43 s         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        ├ init                            10 ms         ▏
        ├ solver react                   6.58 s         ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸
        │ └ invoke_agent react           6.53 s         ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        │   ├ chat pilot                 750 ms         ▕██████▉
        │   ├ execute_tool list_files    380 ms                 ███▋
        │   ├ ✗ execute_tool run_tests   1.67 s                 ███████████████▉
        │   ├ execute_tool search        170 ms                 █▊
        │   ├ chat pilot                 2.75 s                                 ██░░░░░██░░░░░░░░░░░██████
        │   ├ execute_tool historian     680 ms                                                           ━━━━━━━
        │   │ └ invoke_agent historian   600 ms                                                           ╺━━━━━╸
        │   │   └ chat pilot             500 ms                                                            ████▋
        │   └ chat pilot                 450 ms                                                                  ████▎
        ├ scorer model_graded_qa         790 ms                                                                       ━━━━━━━━
        │ └ chat pilot                   750 ms                                                                       ▐██████▊
        └ scorer match                   2.0 ms                                                                              ▕
      ░ waiting to try a model call again
      ✗ solver react: ConnectionError: the workspace went away
      ✗ execute_tool run_tests: TimeoutError: the tests did not end

      "
    `)
  })

  it('colours what it shows where colours are wanted', async () => {
    expect(`\n${await shown(run(), 80, true)}`).toMatchInlineSnapshot(`
      "

      [1mbug_hunt[22m  pilot
        samples  3: [32m2 success[39m · [33m1 limit[39m (1 took more than one attempt)
        scores   match  mean 0.5 of 2
                 model_graded_qa  mean 1 of 2
        tokens   7,700 in, 380 out
        retries  2 model calls tried again, 1.80 s of waiting
        errors   3 failed spans within samples

      [1mSlowest sample[22m  lamp-7 · 8.33 s · success · 2 attempts

                                                [2m0        2 s      4 s      6 s[22m
                                                [2m├────────┼────────┼────────┼────────┼─[22m
      eval_sample bug_hunt             [2m  8.33 s[22m [90m━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━[39m
      [2m├ [22m[31m✗ eval_attempt 1              [39m [2m  820 ms[22m [31m━━━━[39m
      [2m│ └ [22m[31m✗ solver react              [39m [2m  790 ms[22m [31m━━━━[39m
      [2m│   └ [22mchat pilot                 [2m  580 ms[22m [36m██▊[39m
      [2m└ [22meval_attempt 2                 [2m  7.43 s[22m     [90m━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━[39m
      [2m  ├ [22minit                         [2m   10 ms[22m     [34m▏[39m
      [2m  ├ [22msolver react                 [2m  6.58 s[22m     [34m━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸[39m
      [2m  │ └ [22minvoke_agent react         [2m  6.53 s[22m     [34m━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━[39m
      [2m  │   ├ [22mchat pilot               [2m  750 ms[22m     [36m▐██▊[39m
      [2m  │   ├ [22mexecute_tool list_files  [2m  380 ms[22m        [33m▕█▋[39m
      [2m  │   ├ [22m[31m✗ execute_tool run_tests[39m [2m  1.67 s[22m        [31m▕███████▌[39m
      [2m  │   ├ [22mexecute_tool search      [2m  170 ms[22m        [33m▕▋[39m
      [2m  │   ├ [22mchat pilot               [2m  2.75 s[22m                [36m▐[39m[2m[36m░░░[39m[22m[36m█[39m[2m[36m░░░░░░[39m[22m[36m██▎[39m
      [2m  │   ├ [22mexecute_tool historian   [2m  680 ms[22m                             [33m━━━╸[39m
      [2m  │   │ └ [22minvoke_agent historian [2m  600 ms[22m                             [34m╺━━╸[39m
      [2m  │   │   └ [22mchat pilot           [2m  500 ms[22m                             [36m▐██[39m
      [2m  │   └ [22mchat pilot               [2m  450 ms[22m                                [36m▐█▊[39m
      [2m  ├ [22mscorer model_graded_qa       [2m  790 ms[22m                                   [35m━━━━[39m
      [2m  │ └ [22mchat pilot                 [2m  750 ms[22m                                   [36m▐██▉[39m
      [2m  └ [22mscorer match                 [2m  2.0 ms[22m                                      [35m▕[39m
      [2m░ waiting to try a model call again[22m
      [31m✗ solver react: ConnectionError: the workspace went away[39m
      [31m✗ execute_tool run_tests: TimeoutError: the tests did not end[39m

      "
    `)
  })

  it('keeps failed and long spans of many, and says how many are left out', async () => {
    const turns = Array.from({ length: 60 }, (_, index) => {
      const times: [number, number] = [index, index + (index % 10 === 0 ? 0.9 : 0.1 + index / 1000)]
      return spanItem('big', `c${index}`, `chat model-${index}`, times, {
        parent: index < 3 ? 'deep' : 'root',
        ...(index === 1 && { error: 'refused' }),
      })
    })
    const deep = spanItem('big', 'deep', 'solver first', [0, 0.05], { parent: 'root' })
    const root = spanItem('big', 'root', 'eval_sample big', [0, 60])
    const lines = (await shown([...turns, deep, root], 80)).split('\n')
    const rows = lines.filter((line) => /^(?:[├└│ ]|eval_sample)/.test(line) && /[━╸╺█▏▎▍▌▋▊▉▐▕]/.test(line))
    expect(rows.length).toBe(40)
    expect(lines.filter((line) => /solver first|model-1 |model-50 |model-59 |model-11 |not shown|✗ chat/.test(line)))
      .toMatchInlineSnapshot(`
      [
        "├ solver first        50 ms ╸",
        "│ └ ✗ chat model-1   101 ms ▕",
        "├ chat model-50      900 ms                                            ▐▏",
        "└ chat model-59      159 ms                                                    ▏",
        "… 22 shorter spans of 62 not shown",
        "✗ chat model-1: refused",
      ]
    `)
  })

  it('cuts long names and strips what could control the terminal', async () => {
    const evil = '\u001B]0;title\u0007\u001B[2J\u001B[31mchat\u202E \n evil\u0000 '
    const items = [
      spanItem('x', 'c', `${evil}${'名'.repeat(60)}`, [0, 1], { parent: 'root', error: '\u001B[2Jboom\r\nboom' }),
      spanItem('x', 'root', `eval_sample ${evil}`, [0, 1], {
        attributes: {
          'test.suite.name': evil,
          'test.case.id': `${evil}${'i'.repeat(90)}`,
          'gen_ai.request.model': evil,
        },
        events: [{ name: 'gen_ai.evaluation.result', at: 1, attributes: { 'gen_ai.evaluation.name': evil } }],
      }),
    ]
    expect(`\n${await shown(items, 80)}`).toMatchInlineSnapshot(`
      "

      chat   evil   chat   evil 
        samples  1: 1 success
        scores   chat   evil   unscored 1
        tokens   0 in, 0 out
        errors   1 failed span within samples

      Slowest sample  chat   evil iiiiiiiiiiiii… · 1.00 s · success

                                                    0                500 ms
                                                    ├────────────────┼────────────────
      eval_sample chat   evil                1.00 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      └ ✗ chat   evil 名名名名名名名名名…    1.00 s ██████████████████████████████████
      ✗ chat   evil 名名名名名名名名名名名名名…: boom boom

      "
    `)
  })

  it('draws spans whose parents are missing, that run in a circle, or that have no length', async () => {
    const items = [
      spanItem('x', 'a', 'solver a', [0, 0.5], { parent: 'b' }),
      spanItem('x', 'b', 'solver b', [0, 0.5], { parent: 'a' }),
      spanItem('x', 'self', 'solver self', [0.5, 0.5], { parent: 'self' }),
      spanItem('x', 'orphan', 'solver orphan', [0.9, 0.6], { parent: 'nobody' }),
      spanItem('x', 'root', 'eval_sample x', [0, 1]),
    ]
    expect(`\n${await shown(items, 60)}`).toMatchInlineSnapshot(`
      "

      x
        samples  1: 1 success
        tokens   0 in, 0 out

      Slowest sample  1.00 s · success

                               0                500 ms
                               ├────────────────┼─────────────────
      eval_sample x     1.00 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      ├ solver b        500 ms ━━━━━━━━━━━━━━━━━╸
      │ └ solver a      500 ms █████████████████▌
      ├ solver self       0 ms                  ▐
      └ solver orphan     0 ms                                ▐

      "
    `)
    expect(`\n${await shown([spanItem('y', 'root', 'eval_sample y', [0, 0])], 60)}`).toMatchInlineSnapshot(`
      "

      y
        samples  1: 1 success
        tokens   0 in, 0 out

      Slowest sample  0 ms · success

                             0
                             ├────────────────────────────────────
      eval_sample y     0 ms ▏

      "
    `)
  })

  it('keeps names readable in very deep trees', async () => {
    const chain = Array.from({ length: 20 }, (_, index) =>
      spanItem('x', `n${index}`, `invoke_agent helper-${index}`, [0, 20 - index], {
        parent: index === 0 ? 'root' : `n${index - 1}`,
      }),
    )
    const lines = (await shown([...chain.toReversed(), spanItem('x', 'root', 'eval_sample x', [0, 21])], 80)).split(
      '\n',
    )
    expect(lines.at(-3)).toMatchInlineSnapshot(`"…               └ invoke_agent help…   1.00 s █▋"`)
  })

  it('counts labels where scores are not numbers', async () => {
    const text = await shown([toned('1', 'kind'), toned('2', 'rude'), toned('3', 'kind')], 80)
    expect(text.split('\n').find((line) => line.includes('scores'))).toBe('  scores   tone  kind 2, rude 1')
  })

  it('shows a sample once that comes again, and shows what an earlier command has sent', async () => {
    const output = memoryOutput()
    const observer = consoleObserver(output)
    observer.committed({ fresh: [], known: limitedSample(), superseded: [] })
    observer.committed({ fresh: [], known: [], superseded: limitedSample() })
    await observer.close?.(report)
    expect(output.text.split('\n').find((line) => line.includes('samples'))).toBe('  samples  1: 1 limit')
  })

  it.each([
    ['its provider', { 'gen_ai.provider.name': 'openai' }, 'x  openai/gpt-4o'],
    ['no provider', {}, 'x  gpt-4o'],
    ['a name that has no provider', { 'gen_ai.provider.name': '_OTHER' }, 'x  gpt-4o'],
    ['the name of its log', { 'gen_ai.provider.name': 'gcp.gemini', 'test.suite.run.id': 'e1' }, 'x  google/gpt-4o'],
  ])('names a model with %s', async (_what, attributes, line) => {
    const output = memoryOutput()
    const plan = new Plan()
    const spec = { model: 'google/gpt-4o', config: {}, dataset: {} }
    plan.begin({ eval_id: 'e1', spec } as unknown as HookData<'onTaskStart'>)
    const observer = consoleObserver(output, { plan })
    const given = { 'gen_ai.request.model': 'gpt-4o', ...attributes }
    observer.committed(fresh(spanItem('1', 'root', 'eval_sample x', [0, 1], { attributes: given })))
    await observer.close?.(report)
    expect(output.text.split('\n')[1]).toBe(line)
  })

  it('tells of samples from earlier logs, for the first of several attempts at a task', async () => {
    const task = (id: string, reused: number): Item =>
      spanItem('run', `${id}${reused}`, 'eval_task x', [0, 3], {
        attributes: { 'test.suite.name': 'x', 'eval.task.id': id, 'eval.sample.reused_count': reused },
      })
    const sample = spanItem('1', 'root', 'eval_sample x', [0, 1])
    const linesOf = async (...tasks: Item[]): Promise<unknown> =>
      (await shown([...tasks, sample], 80)).split('\n').filter((line) => line.startsWith('  samples'))
    expect([
      await linesOf(task('a', 4)),
      await linesOf(task('a', 4), task('a', 5), task('b', 2)),
      await linesOf(task('a', 0), task('a', 1)),
    ]).toEqual([
      ['  samples  1 now, 4 from before: 1 success'],
      ['  samples  1 now, 6 from before: 1 success'],
      ['  samples  1: 1 success'],
    ])
  })

  it('tells samples apart that share the trace of their run', async () => {
    const items = [
      spanItem('run', 'c1', 'chat m', [0, 1], { parent: 's1' }),
      spanItem('run', 'c2', 'chat m', [0, 2], { parent: 's2' }),
      spanItem('run', 's1', 'eval_sample x', [0, 1], { parent: 'task' }),
      spanItem('run', 's2', 'eval_sample x', [0, 3], { parent: 'task' }),
      spanItem('run', 'task', 'eval_task x', [0, 3], { parent: 'r' }),
    ]
    expect(`\n${await shown(items, 60)}`).toMatchInlineSnapshot(`
      "

      x
        samples  2: 2 success
        tokens   0 in, 0 out

      Slowest sample  3.00 s · success

                             0           1 s         2 s
                             ├───────────┼───────────┼────────────
      eval_sample x   3.00 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      └ chat m        2.00 s ████████████████████████▋

      "
    `)
  })

  it('links to the slowest sample and to the first few that failed', async () => {
    const output = memoryOutput({ columns: 60 })
    const asked: string[] = []
    const links = async (trace: string): Promise<string[]> => {
      asked.push(trace)
      return trace === 'unsent' ? [] : [`http://jaeger/trace/${trace}`, `http://phoenix/redirects/traces/${trace}`]
    }
    const observer = consoleObserver(output, { links })
    observer.committed(fresh(...quickSample('slow', 3, { label: 'C', value: 1 }), failedSample('unsent', 2.5)))
    observer.committed(fresh(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => failedSample(id, 1))))
    await observer.close?.(report)
    expect(`\n${output.text}`).toMatchInlineSnapshot(`
      "

      bug_hunt  pilot
        samples  9: 1 success · 8 error
        scores   match  mean 1 of 1
                 model_graded_qa  mean 1 of 1
        tokens   500 in, 20 out

      Slowest sample  slow · 3.00 s · success
      http://jaeger/trace/slow
      http://phoenix/redirects/traces/slow

                                    0         1 s       2 s
                                    ├─────────┼─────────┼─────────
      eval_sample bug_hunt   3.00 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      └ chat pilot           2.80 s  ████████████████████████████

      Failed samples
        a · epoch 2 · 1.00 s · error
        http://jaeger/trace/a
        http://phoenix/redirects/traces/a
        b · epoch 2 · 1.00 s · error
        http://jaeger/trace/b
        http://phoenix/redirects/traces/b
        c · epoch 2 · 1.00 s · error
        http://jaeger/trace/c
        http://phoenix/redirects/traces/c
        d · epoch 2 · 1.00 s · error
        http://jaeger/trace/d
        http://phoenix/redirects/traces/d
        … 3 more

      "
    `)
    expect(asked.toSorted()).toEqual(['a', 'b', 'c', 'd', 'slow', 'unsent'])
  })

  it('links to a sample that is both the slowest and failed', async () => {
    const output = memoryOutput({ columns: 60 })
    const observer = consoleObserver(output, { links: async (trace) => [`http://jaeger/trace/${trace}\u001b[2J`] })
    observer.committed(fresh(failedSample('a', 1)))
    await observer.close?.(report)
    expect(`\n${output.text}`).toMatchInlineSnapshot(`
      "

      bug_hunt  pilot
        samples  1: 1 error
        tokens   0 in, 0 out

      Slowest sample  a · epoch 2 · 1.00 s · error
      http://jaeger/trace/a

                                      0             500 ms
                                      ├─────────────┼─────────────
      ✗ eval_sample bug_hunt   1.00 s ████████████████████████████
      ✗ eval_sample bug_hunt: RuntimeError: it broke

      Failed samples
        a · epoch 2 · 1.00 s · error
        http://jaeger/trace/a

      "
    `)
  })

  it('is silent when nothing was committed', async () => {
    expect(await shown([], 80)).toBe('')
  })
})

describe('progress', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('is a plain line every few seconds where nothing can be redrawn', async () => {
    const output = memoryOutput()
    const observer = consoleObserver(output, { now: () => Date.now() })
    observer.committed(fresh(...slowSample().slice(0, -1), ...limitedSample()))
    vi.advanceTimersByTime(5000)
    observer.committed(fresh(...slowSample().slice(-1)))
    vi.advanceTimersByTime(5000)
    const lines = output.text
    await observer.close?.(report)
    expect(`\n${lines}`).toMatchInlineSnapshot(`
      "
      0:05  1 sample done: 1 limit, 1 in progress · 7,200 tokens in, 360 out · 3 failed spans · 2 retries (1.80 s)
      0:10  2 samples done: 1 success · 1 limit · 7,200 tokens in, 360 out · 3 failed spans · 2 retries (1.80 s)
      "
    `)
  })

  it('is redrawn at most ten times a second on a terminal, and leaves nothing behind', async () => {
    const output = memoryOutput({ interactive: true, color: true })
    const observer = consoleObserver(output, { now: () => Date.now() })
    observer.committed(fresh(...limitedSample()))
    expect(output.text).toBe('')
    vi.advanceTimersByTime(1000)
    expect(output.text.match(/1 sample done/g)?.length).toBeLessThanOrEqual(10)
    expect(output.clear).toBeTypeOf('function')
    output.clear?.()
    output.text = ''
    vi.advanceTimersByTime(1000)
    expect(output.text).toContain('0:01')
    await observer.close?.(report)
    expect(output.clear).toBeUndefined()
    vi.advanceTimersByTime(1000)
    expect(output.text.split('Slowest sample')[1]).not.toContain('0:0')
  })
})

async function shown(items: readonly Item[], columns: number, color = false): Promise<string> {
  const output = memoryOutput({ columns, color })
  const observer = consoleObserver(output)
  for (const item of items) observer.committed(fresh(item))
  await observer.close?.(report)
  return output.text
}

function run(): Item[] {
  return [...slowSample(), ...quickSample('quick', 1, { label: 'C', value: 1 }), ...limitedSample(), ...taskSpans()]
}

function taskSpans(): Item[] {
  return [
    spanItem('run', 'set', 'eval_set', [0, 0]),
    spanItem('run', 'task', 'eval_task bug_hunt', [0, 9], { parent: 'evalrun' }),
    spanItem('run', 'evalrun', 'eval_run', [0, 9], { parent: 'set' }),
  ]
}

function slowSample(): Item[] {
  const t = 'slow'
  const chat = (id: string, times: [number, number], parent: string, more: SpanSketch = {}) =>
    spanItem(t, id, 'chat pilot', times, {
      parent,
      ...more,
      attributes: {
        'gen_ai.request.model': 'pilot',
        'gen_ai.usage.input_tokens': 1200,
        'gen_ai.usage.output_tokens': 60,
        ...more.attributes,
      },
    })
  const tool = (id: string, name: string, times: [number, number], parent: string, error?: string) =>
    spanItem(t, id, `execute_tool ${name}`, times, { parent, ...(error !== undefined && { error }) })
  return [
    chat('c0', [0.02, 0.6], 'solve1'),
    spanItem(t, 'solve1', 'solver react', [0.01, 0.8], {
      parent: 'a1',
      error: 'ConnectionError: the workspace went away',
    }),
    spanItem(t, 'a1', 'eval_attempt', [0, 0.82], {
      parent: 'root',
      error: 'ConnectionError: the workspace went away',
      attributes: { 'test.case.run.attempt': 1 },
    }),
    spanItem(t, 'init', 'init', [0.9, 0.91], { parent: 'a2' }),
    chat('c1', [0.95, 1.7], 'agent'),
    tool('t1', 'list_files', [1.72, 2.1], 'agent'),
    tool('t2', 'run_tests', [1.73, 3.4], 'agent', 'TimeoutError: the tests did not end'),
    tool('t3', 'search', [1.73, 1.9], 'agent'),
    chat('c2', [3.45, 6.2], 'agent', {
      events: [
        { name: 'eval.model.retry', at: 3.6, attributes: { 'eval.model.retry.wait_time': 0.6 } },
        { name: 'eval.model.retry', at: 4.4, attributes: { 'eval.model.retry.wait_time': 1.2 } },
      ],
    }),
    chat('c3', [6.3, 6.8], 'sub'),
    spanItem(t, 'sub', 'invoke_agent historian', [6.25, 6.85], { parent: 't4' }),
    tool('t4', 'historian', [6.22, 6.9], 'agent'),
    chat('c4', [6.95, 7.4], 'agent'),
    spanItem(t, 'agent', 'invoke_agent react', [0.92, 7.45], { parent: 'solve2' }),
    spanItem(t, 'solve2', 'solver react', [0.92, 7.5], { parent: 'a2' }),
    chat('c5', [7.55, 8.3], 'graded', { attributes: { 'eval.model.role': 'grader' } }),
    spanItem(t, 'graded', 'scorer model_graded_qa', [7.52, 8.31], { parent: 'a2' }),
    spanItem(t, 'match', 'scorer match', [8.31, 8.312], { parent: 'a2' }),
    spanItem(t, 'a2', 'eval_attempt', [0.89, 8.32], { parent: 'root', attributes: { 'test.case.run.attempt': 2 } }),
    spanItem(t, 'root', 'eval_sample bug_hunt', [0, 8.33], {
      attributes: {
        'test.suite.name': 'bug_hunt',
        'test.case.id': 'lamp-7',
        'gen_ai.request.model': 'pilot',
        'eval.epoch': 1,
        'eval.sample.outcome': 'success',
        'eval.sample.attempts': 2,
        'eval.usage.input_tokens': 7200,
        'eval.usage.output_tokens': 360,
      },
      events: [result('match', 'I', 0), result('model_graded_qa', 'C', 1)],
    }),
  ]
}

function quickSample(id: string, seconds: number, score: { label: string; value: number }): Item[] {
  return [
    spanItem(id, 'chat', 'chat pilot', [0.1, seconds - 0.1], {
      parent: 'root',
      attributes: { 'gen_ai.usage.input_tokens': 500, 'gen_ai.usage.output_tokens': 20 },
    }),
    spanItem(id, 'root', 'eval_sample bug_hunt', [0, seconds], {
      attributes: {
        'test.suite.name': 'bug_hunt',
        'test.case.id': id,
        'gen_ai.request.model': 'pilot',
        'eval.sample.outcome': 'success',
      },
      events: [result('match', score.label, score.value), result('model_graded_qa', score.label, score.value)],
    }),
  ]
}

function failedSample(id: string, seconds: number): Item {
  return spanItem(id, 'root', 'eval_sample bug_hunt', [0, seconds], {
    attributes: {
      'test.suite.name': 'bug_hunt',
      'test.case.id': id,
      'gen_ai.request.model': 'pilot',
      'eval.epoch': 2,
      'eval.sample.outcome': 'error',
    },
    error: 'RuntimeError: it broke',
  })
}

function limitedSample(): Item[] {
  return [
    spanItem('limited', 'root', 'eval_sample bug_hunt', [0, 2], {
      attributes: {
        'test.suite.name': 'bug_hunt',
        'gen_ai.request.model': 'pilot',
        'eval.sample.outcome': 'limit',
        'eval.sample.limit': 'message',
      },
    }),
  ]
}

function toned(id: string, label: string): Item {
  const attributes = { 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.label': label }
  return spanItem(id, 'root', 'eval_sample x', [0, 1], {
    events: [{ name: 'gen_ai.evaluation.result', at: 1, attributes }],
  })
}

function result(name: string, label: string, value: number) {
  return {
    name: 'gen_ai.evaluation.result',
    at: 8,
    attributes: {
      'gen_ai.evaluation.name': name,
      'gen_ai.evaluation.score.label': label,
      'gen_ai.evaluation.score.value': value,
    },
  }
}
