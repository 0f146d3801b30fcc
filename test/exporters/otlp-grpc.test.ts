import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spanItem, spanItems } from '../delivery/items.ts'
import { GrpcReceiver } from '../receiver/grpc-receiver.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { encode } from '../receiver/protobuf.ts'
import { environment } from './environment.ts'
import { openOtlp } from './otlp-fixture.ts'

describe('OTLP over gRPC', () => {
  let receiver: GrpcReceiver
  beforeEach(async () => {
    receiver = await GrpcReceiver.start()
  })
  afterEach(() => receiver.close())

  async function sendSpans(
    items = spanItems(3),
    endpoint: Record<string, string> = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.url },
    flushTimeoutMs = 1_500,
  ): Promise<{ delivered: number; rejected: number; dropped: number; reasons: string[] }> {
    using _ = environment({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
    const { delivery } = await openOtlp({ random: () => 0, flushTimeoutMs })
    await delivery.commit(items)
    const { destinations } = await delivery.close()
    const { delivered, rejected, dropped, reasons } = destinations.find(({ sink }) => sink === 'otlp/traces')!
    return { delivered, rejected, dropped, reasons: reasons.map(({ reason }) => reason) }
  }

  it.each([
    status.CANCELLED,
    status.DEADLINE_EXCEEDED,
    status.ABORTED,
    status.OUT_OF_RANGE,
    status.UNAVAILABLE,
    status.DATA_LOSS,
  ])('tries again after code %i', async (code) => {
    receiver.answers = [{ code }]
    expect(await sendSpans()).toEqual({ delivered: 3, rejected: 0, dropped: 0, reasons: [] })
  })

  it('counts what is refused as rejected, and says why', async () => {
    receiver.answer = { code: status.INVALID_ARGUMENT, details: 'oh no' }
    const reasons = [`${new URL(receiver.url).host} answered INVALID_ARGUMENT: oh no`]
    expect(await sendSpans()).toEqual({ delivered: 0, rejected: 3, dropped: 0, reasons })
    // All three, then by halves.
    expect(receiver.requests).toBe(6)
  })

  it('tries again after RESOURCE_EXHAUSTED when the server says when', async () => {
    const duration = encode([1, 0], [2, 300_000_000])
    const info = encode([1, 'type.googleapis.com/google.rpc.RetryInfo'], [2, encode([1, duration])])
    const statusDetails = encode([1, status.RESOURCE_EXHAUSTED], [2, 'slow down'], [3, info])
    receiver.answers = [{ code: status.RESOURCE_EXHAUSTED, details: 'slow down', statusDetails }]
    const began = performance.now()
    expect(await sendSpans()).toMatchObject({ delivered: 3 })
    expect(performance.now() - began).toBeGreaterThan(295)
  })

  it('sends smaller batches to a server that takes no larger ones', async () => {
    await using small = await GrpcReceiver.start({ mostBytes: 2_000 })
    const items = [...spanItems(50), spanItem('large', { body: { attributes: { text: 'x'.repeat(5_000) } } })]
    const sent = await sendSpans(items, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: small.url })
    expect(sent).toMatchObject({ delivered: 50, rejected: 1 })
    expect(sent.reasons[0]).toMatch(/answered RESOURCE_EXHAUSTED: .*larger than max/)
  })

  it('takes host:port without TLS where it is told to', async () => {
    const { host } = new URL(receiver.url)
    expect(
      await sendSpans(spanItems(3), { OTEL_EXPORTER_OTLP_ENDPOINT: host, OTEL_EXPORTER_OTLP_INSECURE: 'true' }),
    ).toMatchObject({ delivered: 3 })
  })

  it('names a server that refuses', async () => {
    const { url } = receiver
    await receiver.close()
    const sent = await sendSpans(spanItems(3), { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }, 300)
    expect(sent).toMatchObject({ delivered: 0, dropped: 3 })
    expect(sent.reasons[0]).toMatch(
      /last error: 127\.0\.0\.1:\d+ cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
    )
  })

  it('says so when the port speaks HTTP, and when it has no TLS', async () => {
    await using http = await HttpReceiver.start()
    const reasonOf = async (url: string): Promise<string | undefined> =>
      (await sendSpans(spanItems(3), { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }, 500)).reasons[0]
    expect(await reasonOf(http.url)).toMatch(/cannot be reached: it does not speak gRPC; is it a port for HTTP/)
    expect(await reasonOf(http.url.replace('http:', 'https:').replace('127.0.0.1', 'localhost'))).toMatch(
      /cannot be reached: it has no TLS; write http:/,
    )
  })

  it('names the package to install where it is missing', async () => {
    const program = `
      import { registerHooks } from 'node:module'
      registerHooks({
        resolve(specifier, context, next) {
          if (specifier !== '@grpc/grpc-js') return next(specifier, context)
          throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' })
        },
      })
      const { default: otlp } = await import(${JSON.stringify(new URL('../../exporters/otlp/index.ts', import.meta.url))})
      await otlp.open({}).catch(({ code, message }) => console.log(code, message))
    `
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      },
    })
    expect((await run).stdout.trim()).toBe(
      'MISSING_PACKAGE OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs a package that is not installed: npm install @grpc/grpc-js',
    )
  })
})
