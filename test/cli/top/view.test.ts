import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { BoardSnapshot } from '../../../src/cli/top/snapshot.ts'
import { viewLines } from '../../../src/cli/top/view.ts'
import { exampleError, exampleRun, exampleSample, exampleSnapshot, exampleTask, now } from './example.ts'

function view(snapshot: BoardSnapshot | undefined, columns: number, rows: number, problems: readonly string[] = []) {
  return viewLines({ snapshot, problems }, { columns, rows, color: false })
}

function shown(lines: readonly string[]): string {
  return `\n${lines.join('\n')}\n`
}

describe('the view of what runs', () => {
  it('fits a small terminal', () => {
    expect(shown(view(exampleSnapshot(), 80, 24))).toMatchInlineSnapshot(`
      "
      14:05:33 · 1 run · 2 tasks · 19 samples in flight, 2 queued · 4 errors
      2.35K tokens/s (988 over 60 s) · 1.24M in · 46.1K out · cost $3.42
      1,204 model calls · 1 cache hit · 16 retries (75% rate limit) · 6m 52s waited

      task                           samples  failed  score                       time
      bug_hunt  openai…  ████▒▒░░░░   48/120       3  tests_pass 0.813         14m 50s
      arithmetic #2  a…                  7/–          match 1                   1m 01s
      smoke  openai/gp…  ██████████      2/2          match accuracy 0.500  success 5s

         time  sample           epoch  now                            since
      11m 40s  django-0             1  tool bash                     5m 12s
      11m 03s  django-1             1  model openai/gpt-4o              41s
      10m 26s  django-2             1  waiting for gpt-4o          27s left
       9m 49s  django-3             1  scoring tests_pass                0s
       9m 12s  検索エンジン-17      2  agent react                   3m 20s
       8m 35s  django-5             1  starting                         12s
       7m 21s  8                    1  model anthropic/claude-so…         –
       6m 44s  django-8             1  solver generate                   5s
       6m 07s  django-9             1  solver generate                   5s
      … 12 more

      errors and retries
      14:05:29  12×  retry  bug_hunt openai/gpt-4o  RateLimitError 429
      14:04:31   1×  tool   bug_hunt django-3       timeout Command timed out
      "
    `)
  })

  it('shows more on a big one', () => {
    expect(shown(view(exampleSnapshot(), 120, 40))).toMatchInlineSnapshot(`
      "
      14:05:33 · 1 run · 2 tasks · 19 samples in flight, 2 queued · 4 errors
      2.35K tokens/s (988 over 60 s) · 1.24M in · 46.1K out · cost $3.42
      1,204 model calls · 1 cache hit · 16 retries (75% rate limit) · 6m 52s waited

      task                                                samples  in flight  failed  score                 tokens        time
      bug_hunt  openai/gpt-4o       ████████▒▒▒░░░░░░░░░   48/120         18       3  tests_pass 0.813       1.28M     14m 50s
      arithmetic #2  anthropic/cl…                            7/–          1          match 1                9.71K      1m 01s
      smoke  openai/gpt-4o          ████████████████████      2/2                     match accuracy 0.500     340  success 5s

         time  sample           task        epoch  attempt  now                                   since
      11m 40s  django-0         bug_hunt        1        1  tool bash                            5m 12s
      11m 03s  django-1         bug_hunt        1        2  model openai/gpt-4o                     41s
      10m 26s  django-2         bug_hunt        1        1  waiting for gpt-4o                 27s left
       9m 49s  django-3         bug_hunt        1        1  scoring tests_pass                       0s
       9m 12s  検索エンジン-17  bug_hunt        2        1  agent react                          3m 20s
       8m 35s  django-5         bug_hunt        1        –  starting                                12s
       7m 21s  8                arithmetic      1        1  model anthropic/claude-sonnet-4-5         –
       6m 44s  django-8         bug_hunt        1        1  solver generate                          5s
       6m 07s  django-9         bug_hunt        1        1  solver generate                          5s
       5m 30s  django-10        bug_hunt        1        1  solver generate                          5s
       4m 53s  django-11        bug_hunt        1        1  solver generate                          5s
       4m 16s  django-12        bug_hunt        1        1  solver generate                          5s
       3m 39s  django-13        bug_hunt        1        1  solver generate                          5s
       3m 02s  django-14        bug_hunt        1        1  solver generate                          5s
       2m 25s  django-15        bug_hunt        1        1  solver generate                          5s
       1m 48s  django-16        bug_hunt        1        1  solver generate                          5s
       1m 11s  django-17        bug_hunt        1        1  solver generate                          5s
       7m 58s  django-6         bug_hunt        1        1  queued                                   9s
      … 3 more

      errors and retries
      14:05:29  12×  retry   bug_hunt openai/gpt-4o  RateLimitError 429
      14:04:31   1×  tool    bug_hunt django-3       timeout Command timed out
      14:00:33   3×  sample  bug_hunt django-3       RuntimeError('the container is gone and so is its name')
      "
    `)
  })

  it('keeps what matters in 40 columns', () => {
    expect(shown(view(exampleSnapshot(), 40, 24))).toMatchInlineSnapshot(`
      "
      14:05:33 · 1 run · 2 tasks
      19 samples in flight, 2 queued
      4 errors
      2.35K tokens/s (988 over 60 s)
      1.24M in · 46.1K out · cost $3.42
      1,204 model calls · 1 cache hit
      16 retries (75% rate limit)
      6m 52s waited

      task                 samples        time
      bug_hunt  openai/g…   48/120     14m 50s
      arithmetic #2  ant…      7/–      1m 01s
      smoke  openai/gpt-…      2/2  success 5s

         time  sample    now
      11m 40s  django-0  tool bash
      11m 03s  django-1  model openai…
      10m 26s  django-2  waiting for …
       9m 49s  django-3  scoring test…
      … 17 more

      errors and retries
      14:05:29  12×  retry  RateLimitError 429
      14:04:31   1×  tool   timeout Command t…
      "
    `)
  })

  it('never grows beyond the terminal', () => {
    const busy = exampleSnapshot({
      tasks: Array.from({ length: 40 }, (_, index) => exampleTask({ id: `eval${index}`, name: `課題${index}` })),
    })
    for (const columns of [20, 33, 40, 57, 80, 100, 120, 200]) {
      for (const rows of [1, 3, 5, 8, 12, 24, 50]) {
        const lines = view(busy, columns, rows, ['x.sock: no answer within 2 s'])
        expect(lines.length).toBeLessThanOrEqual(rows)
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('cuts nothing where lines are searched and not looked at', () => {
    const long = exampleTask({ name: 'n'.repeat(150) })
    const lines = view(exampleSnapshot({ tasks: [long] }), Infinity, Infinity)
    expect(lines.find((line) => line.startsWith('nnn'))).toContain(`${'n'.repeat(150)}  openai/gpt-4o  █`)
  })

  it('says what is not known with a dash', () => {
    const snapshot = exampleSnapshot({
      tasks: [
        exampleTask({
          name: null,
          model: null,
          scores: [{ name: 'essay', mean: null, samples: 2 }],
          cost: null,
          samples: { planned: null },
        }),
      ],
      samples: [exampleSample(1, { kind: 'model', name: null, since: null }, { id: null, epoch: null, attempt: 0 })],
      errors: [],
    })
    const totals = { ...snapshot.totals, cost: null, retries: null, errors: 0, cacheHits: 2 }
    expect(shown(view({ ...snapshot, totals }, 80, 24))).toMatchInlineSnapshot(`
      "
      14:05:33 · 1 run · 1 task · 20 samples in flight · no errors
      2.35K tokens/s (988 over 60 s) · 1.24M in · 46.1K out · cost –
      1,204 model calls · 2 cache hits · – retries

      task  samples  in flight  failed  score    tokens     time
      –        48/–         20       3  essay –   1.28M  14m 50s

         time  sample  epoch  now    since
      11m 03s  –           –  model      –
      … 19 more
      "
    `)
  })

  it('tells how tasks ended, which failed, and which are silent', () => {
    const ended = { runId: 'run2', started: now - 65_000, ended: now - 5_000, samples: { inFlight: 0, failed: 0 } }
    const snapshot = exampleSnapshot({
      runs: [exampleRun({ heard: now - 780_000 }), exampleRun({ id: 'run2', state: 'ended', ended: now - 5_000 })],
      tasks: [
        exampleTask({ name: 'silent' }),
        exampleTask({ ...ended, name: 'raised', state: 'error', samples: { inFlight: 0, failed: 1, done: 1 } }),
        exampleTask({ ...ended, name: 'stopped', state: 'cancelled' }),
        exampleTask({ ...ended, name: 'unclear', state: 'ended' }),
        exampleTask({
          ...ended,
          name: 'fine',
          state: 'success',
          metric: { name: 'accuracy', value: 1 },
          samples: { done: 120, inFlight: 0, failed: 0 },
        }),
      ],
      samples: [],
      errors: [],
    })
    expect(shown(view(snapshot, 100, 30))).toMatchInlineSnapshot(`
      "
      14:05:33 · 1 run · 1 task · 20 samples in flight · 4 errors
      2.35K tokens/s (988 over 60 s) · 1.24M in · 46.1K out · cost $3.42
      1,204 model calls · 1 cache hit · 16 retries (75% rate limit) · 6m 52s waited

      task                                          samples  failed  score                          time
      silent  openai/gpt-4o   ████████▒▒▒░░░░░░░░░   48/120       3  tests_pass 0.813  quiet for 13m 00s
      raised  openai/gpt-4o   █░░░░░░░░░░░░░░░░░░░    1/120       1  tests_pass 0.813       error 1m 00s
      stopped  openai/gpt-4o  ████████░░░░░░░░░░░░   48/120          tests_pass 0.813   cancelled 1m 00s
      unclear  openai/gpt-4o  ████████░░░░░░░░░░░░   48/120          tests_pass 0.813       ended 1m 00s
      fine  openai/gpt-4o     ████████████████████  120/120          accuracy 1           success 1m 00s
      "
    `)
  })

  it('takes escape sequences out of names, and colours only where that is wanted', () => {
    const evil = '\u001B[2Jevil\u202E\n'
    const snapshot = exampleSnapshot({
      tasks: [exampleTask({ name: evil, model: evil, scores: [{ name: evil, mean: 1, samples: 1 }] })],
      samples: [exampleSample(1, { kind: 'tool', name: evil }, { id: evil })],
      errors: [exampleError({ type: evil, message: evil, task: evil, sample: evil })],
    })
    const plain = view(snapshot, 120, 40, [evil]).join('\n')
    expect(plain.match(/[^\P{C}\n]/gu)).toBeNull()
    const colored = viewLines({ snapshot, problems: [] }, { columns: 120, rows: 40, color: true }).join('\n')
    expect(colored).toContain('\u001B[36m')
    expect(colored).not.toContain('\u001B[2J')
  })

  it('does not say that nothing runs when the only listener does not answer', () => {
    expect(view(undefined, 80, 24, ['run-1.sock: no answer within 2 s'])).toEqual([
      'No listener tells what runs.',
      '! run-1.sock: no answer within 2 s',
    ])
  })

  it('says when nothing runs, and how to start something', () => {
    expect(shown(view(undefined, 80, 24))).toMatchInlineSnapshot(`
      "
      Nothing runs.
      To see an eval here, start it like this:

        evalspan run -- inspect eval task.py
      "
    `)
    expect(
      shown(
        view(
          exampleSnapshot({
            runs: [],
            tasks: [],
            samples: [],
            errors: [],
            totals: { ...exampleSnapshot().totals, calls: 0 },
          }),
          80,
          24,
        ),
      ),
    ).toMatchInlineSnapshot(`
      "
      Nothing runs.
      A listener is there and waits for an eval.
      "
    `)
  })
})
