import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { memoryOutput, run, type CliResult } from './memory-context.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evalspan-doctor-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

async function doctor(
  variables: Record<string, string> = {},
  { json = false, columns = 80, color = false } = {},
): Promise<CliResult> {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  const stdout = { ...memoryOutput(), columns, color }
  return await run(['doctor', ...(json ? ['--json'] : [])], { stdout, cwd: folder })
}

/** Without what differs from run to run. */
function steady(text: string): string {
  return text
    .replace(/^( +✓ evalspan +)\d.*$/m, '$1VERSION')
    .replace(/^( +✓ Node +)\d.*$/m, '$1VERSION')
    .replace(/^( +✓ (?:@[a-z-]+\/[a-z0-9-]+|ai) +)\d.*$/gm, '$1VERSION')
    .replaceAll(folder, 'FOLDER')
    .replace(/[\d.]+ [MG]iB free/, 'N GiB free')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST:PORT')
    .replace(/\b[\da-f]{32}\b/g, 'TRACE')
    .replace(/\d+ ms/g, 'N ms')
}

describe('evalspan doctor', () => {
  it('says what would switch things on where nothing is on', async () => {
    const { exitCode, stdout, stderr } = await doctor()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${steady(stdout)}`).toMatchInlineSnapshot(`
      "
      This installation
        ✓ evalspan               VERSION
        ✓ Node                   VERSION
        ✓ @aws-sdk/client-s3     VERSION
        ✓ @azure/identity        VERSION
        ✓ @azure/storage-blob    VERSION
        ✓ @google-cloud/storage  VERSION
        ✓ @grpc/grpc-js          VERSION
        ✓ ai                     VERSION
        ✓ variables              all that are set can be used

      Hooks
        ✓ registered  none besides those of evalspan
        ✓ required    none are

      Outbox
        – folder  none: what waits is lost with the process

      Exporters
        – console    off; a command switches it on
        – event-log  off; EVALSPAN_EVENT_LOG switches it on
        – otlp       off; any one of OTEL_EXPORTER_OTLP_ENDPOINT,
                     OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
                     OTEL_EXPORTER_OTLP_METRICS_ENDPOINT and
                     OTEL_EXPORTER_OTLP_LOGS_ENDPOINT switches it on

      All is well, but no destination is on.
      "
    `)
  })

  it('checks each sink of what is on', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = ({ signal }) => (signal === 'logs' ? { status: 404 } : { headers: { server: 'backend/1' } })
    const { exitCode, stdout, stderr } = await doctor({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=topsecretvalue',
      EVALSPAN_TRACE_URL: 'http://192.0.2.1/t/{trace_id}',
      EVALSPAN_OUTBOX: join(folder, 'outbox'),
      EVALSPAN_EVENT_LOG: join(folder, 'events.jsonl'),
    })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(`\n${steady(stdout)}`).toMatchInlineSnapshot(`
      "
      This installation
        ✓ evalspan               VERSION
        ✓ Node                   VERSION
        ✓ @aws-sdk/client-s3     VERSION
        ✓ @azure/identity        VERSION
        ✓ @azure/storage-blob    VERSION
        ✓ @google-cloud/storage  VERSION
        ✓ @grpc/grpc-js          VERSION
        ✓ ai                     VERSION
        ✓ variables              all that are set can be used

      Hooks
        ✓ registered  none besides those of evalspan
        ✓ required    none are

      Outbox
        ✓ folder   FOLDER/outbox
        ✓ space    N GiB free
        ✓ written  with a write-ahead log
        ✓ content  none yet

      Exporters
        – console    off; a command switches it on
        ✓ event-log  on
        ✓ otlp       on: otlp/traces, otlp/logs, otlp/metrics

      otlp/traces  http://HOST:PORT/v1/traces
        ✓ variables   OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT,
                      OTEL_EXPORTER_OTLP_HEADERS (set),
                      EVALSPAN_TRACE_URL=http://192.0.2.1/t/{trace_id}
        ✓ name        127.0.0.1 is an address
        ✓ reached     TCP in N ms
        ✓ authorised  answered 200 to an empty request
        ✓ clock       this machine's clock and the server's agree
        ✓ version     backend/1
        ✓ test span   http://192.0.2.1/t/TRACE
        – read back   this backend cannot be asked

      otlp/logs  http://HOST:PORT/v1/logs
        ✓ variables    OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT,
                       OTEL_EXPORTER_OTLP_HEADERS (set)
        ✓ name         127.0.0.1 is an address
        ✓ reached      TCP in N ms
        ✓ authorised   answered 404 to an empty request
        ✓ clock        this machine's clock and the server's agree
        – version      it does not say
        – test record  this backend takes no logs, so none are sent
                       (OTEL_LOGS_EXPORTER=none silences this)

      otlp/metrics  http://HOST:PORT/v1/metrics
        ✓ variables    OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT,
                       OTEL_EXPORTER_OTLP_HEADERS (set)
        ✓ name         127.0.0.1 is an address
        ✓ reached      TCP in N ms
        ✓ authorised   answered 200 to an empty request
        ✓ clock        this machine's clock and the server's agree
        ✓ version      backend/1
        ✓ test metric  taken

      All is well.
      "
    `)
    expect(readdirSync(join(folder, 'outbox'))).toEqual([])
  })

  it('says what to do about a fault, and exits with 1', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = ({ headers }) => ({
      status: 401,
      headers: { 'content-type': 'text/plain' },
      body: `no such key: ${headers['x-key']}`,
    })
    const { exitCode, stdout } = await doctor({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=topsecretvalue',
      EVALSPAN_TRACE_SHAPE: 'round',
    })
    expect(exitCode).toBe(1)
    expect(`\n${steady(stdout)}`).toMatchInlineSnapshot(`
      "
      This installation
        ✓ evalspan               VERSION
        ✓ Node                   VERSION
        ✓ @aws-sdk/client-s3     VERSION
        ✓ @azure/identity        VERSION
        ✓ @azure/storage-blob    VERSION
        ✓ @google-cloud/storage  VERSION
        ✓ @grpc/grpc-js          VERSION
        ✓ ai                     VERSION
        ✗ variables              EVALSPAN_TRACE_SHAPE is \`round\`; use sample or run

      Hooks
        ✓ registered  none besides those of evalspan
        ✓ required    none are

      Outbox
        – folder  none: what waits is lost with the process

      Exporters
        – console    off; a command switches it on
        – event-log  off; EVALSPAN_EVENT_LOG switches it on
        ✓ otlp       on: otlp/traces

      otlp/traces  http://HOST:PORT/v1/traces
        ✓ variables   OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://HOST:PORT/v1/traces,
                      OTEL_EXPORTER_OTLP_TRACES_HEADERS (set)
        ✓ name        127.0.0.1 is an address
        ✓ reached     TCP in N ms
        ✗ authorised  http://HOST:PORT/v1/traces answered 401: no such key:
                      [masked]
                      → check OTEL_EXPORTER_OTLP_TRACES_HEADERS
        ✓ clock       this machine's clock and the server's agree
        – version     it does not say
        – test span   not asked
        – read back   not asked

      2 checks failed.
      "
    `)
  })

  it('prints one object with --json', async () => {
    await using receiver = await HttpReceiver.start()
    const { exitCode, stdout } = await doctor(
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/v1/metrics` },
      { json: true },
    )
    const { installation, ...rest } = JSON.parse(steady(stdout)) as { installation: unknown[] }
    expect({ exitCode, installation: installation.length }).toEqual({ exitCode: 0, installation: 9 })
    expect(rest).toMatchInlineSnapshot(`
      {
        "exporters": [
          {
            "finding": {
              "detail": "off; a command switches it on",
              "ok": null,
              "what": "console",
            },
            "name": "console",
            "on": false,
            "sinks": [],
            "switchedOnBy": [],
          },
          {
            "finding": {
              "detail": "off; EVALSPAN_EVENT_LOG switches it on",
              "ok": null,
              "what": "event-log",
            },
            "name": "event-log",
            "on": false,
            "sinks": [],
            "switchedOnBy": [
              "EVALSPAN_EVENT_LOG",
            ],
          },
          {
            "finding": {
              "detail": "on: otlp/metrics",
              "ok": true,
              "what": "otlp",
            },
            "name": "otlp",
            "on": true,
            "sinks": [
              {
                "address": "http://HOST:PORT/v1/metrics",
                "checks": [
                  {
                    "detail": "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://HOST:PORT/v1/metrics",
                    "ok": true,
                    "what": "variables",
                  },
                  {
                    "detail": "127.0.0.1 is an address",
                    "ok": true,
                    "what": "name",
                  },
                  {
                    "detail": "TCP in N ms",
                    "ok": true,
                    "what": "reached",
                  },
                  {
                    "detail": "answered 200 to an empty request",
                    "ok": true,
                    "what": "authorised",
                  },
                  {
                    "detail": "this machine's clock and the server's agree",
                    "ok": true,
                    "what": "clock",
                  },
                  {
                    "detail": "it does not say",
                    "ok": null,
                    "what": "version",
                  },
                  {
                    "detail": "taken",
                    "ok": true,
                    "what": "test metric",
                  },
                ],
                "name": "otlp/metrics",
              },
            ],
            "switchedOnBy": [
              "OTEL_EXPORTER_OTLP_ENDPOINT",
              "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
              "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
              "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
            ],
          },
        ],
        "hooks": [
          {
            "detail": "none besides those of evalspan",
            "ok": true,
            "what": "registered",
          },
          {
            "detail": "none are",
            "ok": true,
            "what": "required",
          },
        ],
        "ok": true,
        "outbox": [
          {
            "detail": "none: what waits is lost with the process",
            "ok": null,
            "what": "folder",
          },
        ],
      }
    `)
  })

  it('fits into a narrow terminal, with colours', async () => {
    const { stdout } = await doctor(
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9' },
      { columns: 44, color: true },
    )
    expect(`\n${steady(stdout).split('Outbox')[1]}`).toMatchInlineSnapshot(`
      "
      [22m
        [2m–[22m folder
          [2mnone: what waits is lost with the[22m
          [2mprocess[22m

      [1mExporters[22m
        [2m–[22m console
          [2moff; a command switches it on[22m
        [2m–[22m event-log
          [2moff; EVALSPAN_EVENT_LOG switches it on[22m
        [32m✓[39m otlp
          on: otlp/traces

      [1motlp/traces[22m  http://HOST:PORT/
        [32m✓[39m variables
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://HOST:PORT
        [32m✓[39m name
          127.0.0.1 is an address
        [31m✗[39m reached
          HOST:PORT refuses connections
          [33m→ start the backend, or check[39m
          [33mOTEL_EXPORTER_OTLP_TRACES_ENDPOINT[39m
        [2m–[22m authorised
          [2mnot asked[22m
        [2m–[22m clock
          [2mnot asked[22m
        [2m–[22m version
          [2mnot asked[22m
        [2m–[22m test span
          [2mnot asked[22m
        [2m–[22m read back
          [2mnot asked[22m

      [31m1 check failed.[39m
      "
    `)
  })

  it('names variables that cannot be used, of exporters and of all else', async () => {
    const { exitCode, stdout } = await doctor({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      EVALSPAN_TRACE_URL: 'http://jaeger/trace',
      EVALSPAN_FLUSH_TIMEOUT: 'soon',
      EVALSPAN_EVENT_LOG: join(folder, 'file', 'events.jsonl'),
      EVALSPAN_OUTBOX_MAX_AGE: 'old',
      EVALSPAN_REQUIRED_HOOKS: 'score_logger',
    })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/✗ variables +EVALSPAN_FLUSH_TIMEOUT is/)
    expect(stdout).toMatch(/✗ variables +EVALSPAN_OUTBOX_MAX_AGE is "old"/)
    expect(stdout).toMatch(/✗ otlp +EVALSPAN_TRACE_URL has no \{trace_id\} in it/)
    expect(stdout).toMatch(/✗ required +required hooks are missing:\n +'score_logger', required by/)
    expect(stdout).toMatch(/\n4 checks failed\.\n$/)
  })

  it('tells hooks that cannot be loaded', async () => {
    writeFileSync(join(folder, 'broken.mjs'), 'throw new Error("no database")')
    const { exitCode, stdout } = await doctor({ EVALSPAN_PLUGINS: './broken.mjs' })
    expect(exitCode).toBe(1)
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/✗ loading hooks of '.\/broken.mjs' .* are left out: .*no database/)
  })

  it('tells an outbox that cannot be where it was meant to be', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { exitCode, stdout } = await doctor({ EVALSPAN_OUTBOX: join(folder, 'file', 'outbox') })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/✗ folder +the outbox cannot be in/)
    expect(stdout).toMatch(/→ set EVALSPAN_OUTBOX to a folder on a disk of this machine/)
  })

  it('says so where something switches off what is set', async () => {
    const { stdout } = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_SDK_DISABLED: 'true' })
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '– otlp off, although OTEL_EXPORTER_OTLP_ENDPOINT is set: another variable switches it off',
    )
  })

  it('ends soon after Ctrl-C, with the code of the signal', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = 'hang'
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url)
    const interrupt = new AbortController()
    const began = performance.now()
    const running = run(['doctor'], { cwd: folder, interrupt: interrupt.signal })
    await sleep(300)
    interrupt.abort(130)
    const { exitCode, stdout } = await running
    expect(exitCode).toBe(130)
    expect(stdout).not.toContain('failed')
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
