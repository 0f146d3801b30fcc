import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { knownTemplate } from '../../../exporters/otlp/links/known-backends.ts'
import { FakeJaeger, ownAddress } from './fake-jaeger.ts'
import { openSinks } from './open-sinks.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

async function linkTo(variables: Record<string, string>): Promise<string | undefined> {
  await using sinks = await openSinks(variables)
  return await sinks.traces.link!(trace, {})
}

describe('a link to a trace', () => {
  it.each([
    ['http://jaeger/trace/{trace_id}', `http://jaeger/trace/${trace}`],
    [' http://t/{trace_id}?q=$&#/{trace_id}/é ', `http://t/${trace}?q=$&#/${trace}/é`],
  ])('follows the template %j', async (template, link) => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://backend:4318'
    expect(await linkTo({ OTEL_EXPORTER_OTLP_ENDPOINT, EVALSPAN_TRACE_URL: template })).toBe(link)
  })

  it('has a template with a place for the trace', async () => {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://backend:4318', EVALSPAN_TRACE_URL: 'http://jaeger/trace/' }
    await expect(openSinks(variables)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: 'EVALSPAN_TRACE_URL has no {trace_id} in it: write it like http://localhost:16686/trace/{trace_id}',
    })
  })

  it.each([
    ['https://cloud.langfuse.com/api/public/otel/v1/traces', 'https://cloud.langfuse.com/trace/{trace_id}'],
    ['http://localhost:3000/base/api/public/otel', 'http://localhost:3000/base/trace/{trace_id}'],
    ['https://app.phoenix.arize.com/s/me/v1/traces', 'https://app.phoenix.arize.com/s/me/redirects/traces/{trace_id}'],
    ['https://app.phoenix.arize.com/v1/traces', 'https://app.phoenix.arize.com/redirects/traces/{trace_id}'],
    ['https://otlp.datadoghq.com/v1/traces', 'https://app.datadoghq.com/apm/trace/{trace_id}'],
    ['https://otlp.us5.datadoghq.com/v1/traces', 'https://us5.datadoghq.com/apm/trace/{trace_id}'],
    ['https://trace.agent.datadoghq.eu/v1/traces', 'https://app.datadoghq.eu/apm/trace/{trace_id}'],
    ['https://otlp.example.com/v1/traces', undefined],
    ['https://api.honeycomb.io/v1/traces', undefined],
    ['http://localhost:4318/v1/traces', undefined],
  ])('to %s is known from the endpoint alone: %s', (endpoint, template) => {
    expect(knownTemplate(new URL(endpoint))).toBe(template)
  })

  it.each([
    ['http/protobuf', 4318],
    ['grpc', 4317],
  ])('leads to the Jaeger on the host (%s), which is asked once and not before', async (protocol, port) => {
    const address = ownAddress()
    await using jaeger = await FakeJaeger.start(address)
    await using sinks = await openSinks({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    const before = [...jaeger.asked]
    const links = await Promise.all(['a', 'b'].map((id) => sinks.traces.link!(id, {})))
    expect([before, links, await sinks.traces.link!('c', {}), jaeger.asked]).toEqual([
      [],
      [`http://${address}:16686/trace/a`, `http://${address}:16686/trace/b`],
      `http://${address}:16686/trace/c`,
      ['/api/services'],
    ])
  })

  it('is not known where no Jaeger is, or something else is in its place', async () => {
    const address = ownAddress()
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}:4318` }
    const nobody = await linkTo(endpoint)
    const other = createServer((_request, response) => response.end('{"services":[]}')).listen(16686, address)
    await once(other, 'listening')
    expect([nobody, await linkTo(endpoint)]).toEqual([undefined, undefined])
    other.close()
  })

  it('is not asked for at other ports', async () => {
    const address = ownAddress()
    await using jaeger = await FakeJaeger.start(address)
    expect(await linkTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}:9999` })).toBeUndefined()
    expect(jaeger.asked).toEqual([])
  })

  it('is given up after half a second', async () => {
    const address = ownAddress()
    await using jaeger = await FakeJaeger.start(address)
    jaeger.hangs = true
    const began = performance.now()
    expect(await linkTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}:4318` })).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it.each(['192.0.2.1', '[2001:db8::1]', 'backend.invalid'])('is not looked for on %s', async (host) => {
    const began = performance.now()
    expect(await linkTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:4318` })).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(1_500)
  })
})
