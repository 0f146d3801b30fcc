import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownAddress } from '../exporters/otlp/fake-jaeger.ts'
import { type Collector, startCollector } from './collector.ts'
import { type Jaeger, startJaeger } from './jaeger.ts'
import { describeWithJaeger } from './service.ts'

interface Check {
  readonly what: string
  readonly ok: boolean | null
  readonly detail: string
}

interface Report {
  readonly ok: boolean
  readonly exporters: readonly {
    readonly sinks: readonly { readonly name: string; readonly checks: readonly Check[] }[]
  }[]
}

describeWithJaeger('evalspan against a Jaeger on its well-known ports', () => {
  const address = ownAddress()
  let jaeger: Jaeger
  beforeAll(async () => void (jaeger = await startJaeger(address)))
  afterAll(() => jaeger?.stop())

  describe.each([
    ['http/protobuf', 4318],
    ['http/json', 4318],
    ['grpc', 4317],
  ])('over %s', (protocol, port) => {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    }

    it('sends a test span and reads it back; that Jaeger takes nothing else is no fault', async () => {
      const { code, stdout } = await evalspan(['doctor', '--json'], variables)
      const { ok, exporters } = JSON.parse(stdout) as Report
      expect({ code, ok }).toEqual({ code: 0, ok: true })
      const [traces, logs, metrics] = exporters.flatMap(({ sinks }) => sinks)
      const trace = new RegExp(`^http://${address}:16686/trace/([0-9a-f]{32})$`)
      const isFound = protocol === 'grpc' ? null : true
      expect(traces!.checks.map(({ what, ok: state }) => [what, state])).toEqual([
        ['variables', true],
        ['name', true],
        ['reached', true],
        ['authorised', true],
        ['clock', isFound],
        ['version', true],
        ['test span', true],
        ['read back', true],
      ])
      const [, id] = trace.exec(traces!.checks[6]!.detail) ?? []
      expect(await jaeger.traces(id!)).toMatchObject([
        { name: 'evalspan doctor', resource: { 'service.name': 'evalspan' } },
      ])
      expect([logs, metrics].map((sink) => [sink!.name, sink!.checks.at(-1)!.ok])).toEqual([
        ['otlp/logs', null],
        ['otlp/metrics', null],
      ])
    })

    it('links to the slowest sample and to failed ones', async () => {
      const { code, stdout } = await evalspan(
        ['replay', join(import.meta.dirname, '../../demo'), '--console'],
        variables,
      )
      expect(code).toBe(0)
      const links = Array.from(
        stdout.matchAll(/^ *http:\/\/127[\d.]+:16686\/trace\/([0-9a-f]{32})$/gm),
        ([, id]) => id!,
      )
      expect(stdout).toMatch(/Slowest sample .*\nhttp:/)
      expect(stdout).toMatch(/Failed samples\n {2}.* · error.*\n {2}http:/)
      const traces = await Promise.all(links.map((id) => jaeger.traces(id)))
      expect(traces.map((spans) => spans.some(({ name }) => name === 'eval_sample bug_hunt'))).toEqual(
        links.map(() => true),
      )
    })
  })
})

describeWithJaeger('evalspan doctor against a Collector', () => {
  let collector: Collector
  beforeAll(async () => void (collector = await startCollector()))
  afterAll(() => collector?.stop())

  it.each(['http/protobuf', 'http/json', 'grpc'])('sends a span, a record and a metric over %s', async (protocol) => {
    const before = [collector.spans.length, collector.logs.length, collector.points.length] as const
    const { code, stdout } = await evalspan(['doctor'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.otlpGrpc : collector.otlpHttp,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    expect(code, stdout).toBe(0)
    expect(collector.spans.slice(before[0]).map(({ name }) => name)).toEqual(['evalspan doctor'])
    expect(collector.logs.slice(before[1]).map(({ eventName }) => eventName)).toEqual(['evalspan.doctor'])
    expect(collector.points.slice(before[2]).map(({ metric }) => metric)).toEqual(['evalspan.doctor'])
  })
})

async function evalspan(
  argv: readonly string[],
  variables: Record<string, string>,
): Promise<{ code: number; stdout: string }> {
  return await new Promise((resolve) => {
    const env = { ...process.env, ...variables }
    execFile(process.execPath, ['src/cli/main.ts', ...argv], { env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout })
    })
  })
}
