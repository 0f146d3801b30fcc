import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  statSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryOutput, run } from './memory-context.ts'

const fixtures = join(import.meta.dirname, '../fixtures/inspect')
const basic = join(fixtures, 'basic.eval')
const noDestination = `Nothing was sent, because no destination is on.
Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see \`evalspan hooks\` for all that can be set.
`

let folder: string
let backend: Server
let answer: { status: number; body: string }
let requests: string[]

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (/^(?:OTEL_|EVALSPAN_)/.test(name)) vi.stubEnv(name, undefined)
  folder = mkdtempSync(join(tmpdir(), 'evalspan-cli-'))
  vi.stubEnv('EVALSPAN_OUTBOX', join(folder, 'outbox'))
  requests = []
  answer = { status: 200, body: '{}' }
  backend = createServer((request, response) => {
    requests.push(request.url ?? '')
    request
      .resume()
      .on('end', () => response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body))
  })
  await new Promise<void>((listening) => backend.listen(0, '127.0.0.1', listening))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
  backend.closeAllConnections()
  await new Promise((closed) => backend.close(closed))
})

function sendToBackend(): void {
  const { port } = backend.address() as AddressInfo
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`)
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json')
}

function terminal() {
  return { stdout: { ...memoryOutput(), interactive: true } }
}

/** Without what differs from run to run. */
function steady(text: string): string {
  return text.replace(/\b[\da-f]{8}\b/g, 'HASH').replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://BACKEND')
}

describe('evalspan replay', () => {
  it('sends a log and ends with the account', async () => {
    sendToBackend()
    const { exitCode, stdout, stderr } = await run(['replay', basic])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "otlp/logs  http://BACKEND/v1/logs
        2 produced = 2 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/traces  http://BACKEND/v1/traces
        20 produced = 20 delivered + 0 waiting + 0 rejected + 0 dropped
      otlp/metrics  http://BACKEND/v1/metrics
        24 produced = 24 delivered + 0 waiting + 0 rejected + 0 dropped
      "
    `)
    expect(new Set(requests)).toEqual(new Set(['/v1/traces', '/v1/logs', '/v1/metrics']))
  })

  it('exits with 1 and names the reason when a backend refuses', async () => {
    sendToBackend()
    answer = { status: 400, body: '{"message":"no such tenant"}' }
    const { exitCode, stdout } = await run(['replay', basic])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^otlp\/traces .*\n {2}20 produced = 0 delivered \+ 0 waiting \+ 20 rejected \+ 0 dropped$/m)
    expect(stdout).toContain('no such tenant')
  })

  it('says which variable to set when no destination is on', async () => {
    expect(await run(['replay', basic])).toEqual({ exitCode: 0, stdout: noDestination, stderr: '' })
  })

  it('sends nothing in a dry run, and says what would be sent', async () => {
    sendToBackend()
    const { exitCode, stdout, stderr } = await run(['replay', basic, '--dry-run'])
    expect({ exitCode, stderr, requests }).toEqual({ exitCode: 0, stderr: '', requests: [] })
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "Dry run: 2 samples read, nothing sent; that makes 20 spans and 2 log records.
        otlp/logs     http://BACKEND/v1/logs     2 to send
        otlp/traces   http://BACKEND/v1/traces   20 to send
        otlp/metrics  http://BACKEND/v1/metrics  24 to send
      "
    `)
  })

  it('names what cannot be read, and goes on with the rest', async () => {
    const broken = join(folder, 'broken.eval')
    writeFileSync(broken, 'no log')
    const { exitCode, stdout, stderr } = await run(['replay', 'nowhere.eval', 'none*.eval', broken, basic, '--dry-run'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('Dry run: 2 samples read')
    const lines = stderr.trimEnd().split('\n')
    expect(lines.slice(0, 2)).toEqual([
      'error: nowhere.eval: no such file or folder',
      'error: none*.eval: nothing matches this pattern',
    ])
    expect(lines[2]).toContain(`error: ${broken}`)
    expect(lines.length).toBe(3)
  })

  it('takes folders and patterns that the shell left alone', async () => {
    const pattern = join(fixtures, 'limit_*.eval')
    expect((await run(['replay', pattern, '--dry-run'])).stdout).toContain('Dry run: 3 samples read')
    const set = join(fixtures, 'eval_set_retry_immediate')
    expect((await run(['replay', set, '--dry-run', '--limit', '1'])).stdout).toMatch(/^Dry run: [1-3] samples? read/)
  })

  it('replays single samples, by their id in the dataset or their uuid', async () => {
    expect((await run(['replay', basic, '--dry-run', '--sample', 'two'])).stdout).toContain('Dry run: 1 sample read')
    expect(await run(['replay', basic, '--dry-run', '--sample', 'two', '--sample', 'six'])).toMatchObject({
      exitCode: 1,
      stderr: 'error: no sample `six` in these logs; --sample takes an id of the dataset or a uuid\n',
    })
  })

  it('writes the events to a file, from which the same events are replayed', async () => {
    const first = join(folder, 'first.jsonl')
    const second = join(folder, 'second.jsonl')
    expect(await run(['replay', basic, '--events', first])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(await run(['replay', first, '--events', second])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    const text = readFileSync(first, 'utf8')
    expect(readFileSync(second, 'utf8')).toBe(text)
    const records = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { hook: string; time: string; host: string; data: object })
    expect(Object.keys(records[0]!)).toEqual(['hook', 'time', 'host', 'data'])
    expect(records.map(({ hook }) => hook).filter((hook) => hook !== 'on_sample_event')).toMatchInlineSnapshot(`
      [
        "on_run_start",
        "on_task_start",
        "on_sample_init",
        "on_sample_start",
        "on_sample_attempt_start",
        "on_before_model_generate",
        "on_model_usage",
        "on_sample_scoring",
        "on_sample_attempt_end",
        "on_sample_end",
        "on_sample_init",
        "on_sample_start",
        "on_sample_attempt_start",
        "on_before_model_generate",
        "on_model_usage",
        "on_sample_scoring",
        "on_sample_attempt_end",
        "on_sample_end",
        "on_task_end",
        "on_run_end",
      ]
    `)
  })

  it('takes a file for its events from all but its owner, also one that was there before', async () => {
    const path = join(folder, 'old.jsonl')
    writeFileSync(path, 'longer than nothing', { mode: 0o644 })
    expect(await run(['replay', basic, '--events', path])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"hook":"on_run_start"/)
  })

  it('keeps standard output for the events when they go there', async () => {
    sendToBackend()
    const { exitCode, stdout, stderr } = await run(['replay', basic, '--events', '-'])
    expect(exitCode).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('{"hook":"on_')),
    ).toBe(true)
    expect(stderr).toContain('20 produced = 20 delivered')
  })

  it('does not overwrite a log with its events', async () => {
    expect(await run(['replay', basic, '--events', join(folder, 'x.eval')])).toMatchObject({ exitCode: 2, stdout: '' })
    expect((await run(['replay', 'a.jsonl', '--events', './a.jsonl'])).stderr).toBe(
      'error: --events: ./a.jsonl may be a log, and would be overwritten: name a new .jsonl file\n',
    )
  })

  it('does not write its events into what it reads, by whatever name, nor when it cannot begin', async () => {
    const log = join(folder, 'a.jsonl')
    const alias = join(folder, 'alias.txt')
    writeFileSync(log, 'kept')
    symlinkSync(log, alias)
    expect(await run(['replay', join(folder, '*.jsonl'), '--events', log])).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await run(['replay', log, '--events', alias])).toMatchObject({ exitCode: 2, stdout: '' })
    vi.stubEnv('EVALSPAN_TRACE_SHAPE', 'star')
    expect(await run(['replay', basic, '--events', log])).toMatchObject({ exitCode: 2, stdout: '' })
    expect(readFileSync(log, 'utf8')).toBe('kept')
  })

  it('sends a sample of a copied log once, and says so', async () => {
    sendToBackend()
    copyFileSync(basic, join(folder, 'a.eval'))
    copyFileSync(basic, join(folder, 'copy.eval'))
    const { exitCode, stdout } = await run(['replay', folder])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('20 produced = 20 delivered')
    expect(stdout).toContain('2 samples passed over: in an earlier one of these logs as well, and sent from there.\n')
  })

  it('tells of events that cannot be mapped, sends the rest, and exits with 1', async () => {
    sendToBackend()
    const log = join(folder, 'events.jsonl')
    await run(['replay', basic, '--events', log])
    const odd = '{"hook":"on_sample_end","time":"2026-01-01T00:00:00Z","data":{"sample":null}}'
    writeFileSync(log, `${odd}\n${readFileSync(log, 'utf8')}`)
    const { exitCode, stdout, stderr } = await run(['replay', log])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('20 produced = 20 delivered')
    const lines = stderr.trimEnd().split('\n')
    expect(lines[0]).toContain(
      "hook 'evalspan/builtin' failed in onSampleEnd: what it tells is lost, because it cannot be mapped: ",
    )
    expect(lines.slice(1)).toEqual(['error: lost: 1 event, which could not be turned into spans; see above'])
  })

  it('leaves out of its events what is nested too deep to be written, says so, and sends it', async () => {
    sendToBackend()
    const log = join(folder, 'deep.jsonl')
    await run(['replay', basic, '--events', log])
    const text = readFileSync(log, 'utf8')
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    writeFileSync(log, text.replace('"metadata":{', `"metadata":{"deep":${deep},`))
    const { exitCode, stdout, stderr } = await run(['replay', log, '--events', join(folder, 'out.jsonl')])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^error: --events: an event of on\w+ is left out: Maximum call stack size exceeded\n$/,
      ),
    })
    expect(stdout).toContain('20 produced = 20 delivered')
    const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').split('\n')
    expect(lines.length).toBe(text.split('\n').length - 1)
  })

  it('shows nothing of a line that it cannot read', async () => {
    const log = join(folder, 'garbage.jsonl')
    writeFileSync(log, '{"hook": "on_sample_end", "data": my secret prompt}\n')
    expect(await run(['replay', log, '--dry-run'])).toMatchObject({
      exitCode: 1,
      stderr: `error: ${log}, line 1: not valid JSON at position 34\n`,
    })
  })

  it('leaves the event log of live runs alone', async () => {
    vi.stubEnv('EVALSPAN_EVENT_LOG', join(folder, 'sub/live.jsonl'))
    expect(await run(['replay', basic])).toEqual({ exitCode: 0, stdout: noDestination, stderr: '' })
    expect(existsSync(join(folder, 'sub'))).toBe(false)
  })

  it('exits with 2 when the file for events cannot be written, or a variable has an unusable value', async () => {
    const missing = join(folder, 'no', 'events.jsonl')
    const { exitCode, stderr } = await run(['replay', basic, '--events', missing])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `error: --events: cannot write ${missing}: ENOENT: no such file or directory, open '${missing}'\n`,
    })
    vi.stubEnv('EVALSPAN_TRACE_SHAPE', 'star')
    expect(await run(['replay', basic])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: EVALSPAN_TRACE_SHAPE is `star`; use sample or run\n',
    })
  })

  it('stops on an interrupt, delivers what it has, and exits with the code of the signal', async () => {
    sendToBackend()
    const interrupt = new AbortController()
    const stdout = memoryOutput(({ text }) => {
      if (text.includes('on_sample_end')) interrupt.abort(130)
    })
    const result = await run(['replay', basic, '--events', '-'], { stdout, interrupt: interrupt.signal })
    expect(result.exitCode).toBe(130)
    expect(result.stdout.match(/"on_sample_end"/g)?.length).toBe(1)
    expect(result.stderr).toMatch(/^otlp\/traces .*\n {2}(\d+) produced = \1 delivered \+ 0 waiting/m)
  })

  it('ends in peace when nobody reads the events any more', async () => {
    const stdout = memoryOutput((output) => {
      output.closed = true
    })
    expect(await run(['replay', basic, '--events', '-'], { stdout })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('shows progress and a summary where there is a terminal, unless told otherwise', async () => {
    expect((await run(['replay', basic], terminal())).stdout).toContain('Slowest sample')
    expect((await run(['replay', basic, '--no-console'], terminal())).stdout).toBe(noDestination)
    expect((await run(['replay', basic, '--console'])).stdout).toContain('Slowest sample')
  })
})

describe('a recorded run', () => {
  it('is shown with a summary and its slowest sample', async () => {
    const { exitCode, stdout, stderr } = await run(['replay', 'demo', '--console'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "
      bug_hunt  demo/pilot
        samples  7: 5 success · 1 limit · 1 error (2 took more than one attempt)
        scores   match  mean 0.5 of 6
                 model_graded_qa  mean 0.667 of 6
        tokens   29,030 in, 937 out
        retries  2 model calls tried again, 2.42 s of waiting
        errors   9 failed spans within samples

      Slowest sample  lamp-2 · 10.8 s · success

                                                  0     2 s    4 s    6 s   8 s
                                                  ├─────┼──────┼──────┼─────┼──────┼──
      eval_sample bug_hunt                 10.8 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      ├ init                               0.4 ms ▏
      └ eval_attempt 1                     10.8 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        ├ solvers                          10.2 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        │ ├ solver house_rules             765 ms ━━╸
        │ │ └ chat pilot                   765 ms ██▌
        │ └ solver react                   9.42 s   ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        │   └ invoke_agent react           9.42 s   ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        │     ├ chat pilot                 806 ms   ▐██▎
        │     ├ execute_tool list_files    153 ms      ▐
        │     ├ execute_tool search        504 ms      █▉
        │     ├ ✗ execute_tool run_tests   1.41 s      █████
        │     ├ chat pilot                 504 ms           █▋
        │     ├ execute_tool run_tests     903 ms            ▐██▋
        │     ├ chat pilot                 3.03 s               ▐░░░░░░░░█▊
        │     ├ ✗ chat pilot               0.9 ms               ▐
        │     ├ ✗ chat pilot               3.9 ms                  ▐
        │     ├ execute_tool historian     1.42 s                         ╺━━━━╸
        │     │ └ invoke_agent historian   1.42 s                         ╺━━━━╸
        │     │   ├ chat pilot             403 ms                         ▐█▏
        │     │   ├ execute_tool log_of    303 ms                           █▏
        │     │   ├ execute_tool log_of    504 ms                           █▊
        │     │   ├ chat pilot             503 ms                            ▐█▌
        │     │   └ execute_tool submit    1.6 ms                              ▐
        │     ├ execute_tool read_file     442 ms                              ▐▉
        │     ├ chat pilot                 904 ms                               ▕███
        │     └ execute_tool submit        1.9 ms                                   ▏
        └ scorers                          607 ms                                   ━━
          ├ scorer match                   0.3 ms                                   ▏
          └ scorer model_graded_qa         607 ms                                   ━━
            └ chat judge                   606 ms                                   ██
      ░ waiting to try a model call again
      ✗ execute_tool run_tests: the lamps suite did not end within 1.4 s
      ✗ chat pilot: RateLimited('429 Too Many Requests: this model takes 60 requests …

      Nothing was sent, because no destination is on.
      Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see \`evalspan hooks\` for all that can be set.
      "
    `)
  })
})

describe('evalspan hooks', () => {
  it('lists exporters and hooks, whether they are on, and what switches them on', async () => {
    vi.stubEnv('EVALSPAN_PLUGINS', 'none')
    sendToBackend()
    const { exitCode, stdout, stderr } = await run(['hooks'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows[0]).toEqual(['NAME', 'KIND', 'STATE', 'SWITCHED ON BY', 'WHAT IT DOES'])
    expect(rows.find(([name]) => name === 'otlp')?.slice(0, 4)).toEqual([
      'otlp',
      'exporter',
      'on',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ])
    expect(rows.find(([name]) => name === 'console')?.slice(0, 4)).toEqual([
      'console',
      'exporter',
      'off',
      '(a command)',
    ])
  })

  it('lists the hooks of a plugin, and exits with 2 when a required one is missing', async () => {
    writeFileSync(
      join(folder, 'plugin.mjs'),
      `import { Hooks, hooks } from '${join(import.meta.dirname, '../../src/index.ts')}'
       hooks('slack', 'Posts \\u001b[2Jscores')(class extends Hooks { enabled() { return 'SLACK_URL' in process.env } })`,
    )
    vi.stubEnv('EVALSPAN_PLUGINS', join(folder, 'plugin.mjs'))
    vi.stubEnv('EVALSPAN_REQUIRED_HOOKS', 'slack,teams')
    const { exitCode, stdout, stderr } = await run(['hooks'])
    expect(exitCode).toBe(2)
    expect(stdout).toMatch(/slack +hooks +off +Posts scores\n/)
    expect(stderr).toContain("'teams', required by EVALSPAN_REQUIRED_HOOKS")
  })
})
