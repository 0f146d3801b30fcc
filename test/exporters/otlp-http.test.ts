import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spanItems } from '../delivery/items.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { attributesOf } from '../receiver/received.ts'
import { environment } from './environment.ts'
import { oneOfEach } from './one-of-each.ts'
import { openOtlp } from './otlp-fixture.ts'

type Json = Record<string, never>

describe('OTLP over HTTP', () => {
  let receiver: HttpReceiver
  beforeEach(async () => {
    receiver = await HttpReceiver.start()
  })
  afterEach(() => receiver.close())

  async function sendSpans(count: number, url = `${receiver.url}/v1/traces`): Promise<unknown> {
    using _ = environment({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url })
    const { delivery } = await openOtlp({ random: () => 0 })
    await delivery.commit(spanItems(count))
    const { destinations } = await delivery.close()
    const { delivered, rejected, dropped, reasons } = destinations[0]!
    return { delivered, rejected, dropped, reasons: reasons.map(({ reason }) => reason) }
  }

  it.each([429, 502, 503, 504])('tries again after %i', async (status) => {
    receiver.answers = [{ status }, { status, headers: { 'retry-after': '0' } }]
    expect(await sendSpans(3)).toEqual({ delivered: 3, rejected: 0, dropped: 0, reasons: [] })
    expect(receiver.requests).toBe(3)
  })

  it('waits as long as Retry-After says', async () => {
    receiver.answers = [{ status: 429, headers: { 'retry-after': '1' } }]
    const began = performance.now()
    expect(await sendSpans(3)).toMatchObject({ delivered: 3 })
    expect(performance.now() - began).toBeGreaterThan(990)
  })

  it('does not wait longer than the flush timeout for a Retry-After', async () => {
    receiver.answer = { status: 503, headers: { 'retry-after': '3600' }, body: 'maintenance' }
    const began = performance.now()
    expect(await sendSpans(3)).toMatchObject({ delivered: 0, dropped: 3 })
    expect(performance.now() - began).toBeLessThan(2_500)
    expect(receiver.requests).toBe(1)
  })

  it('tries again after a connection that was reset', async () => {
    receiver.answers = ['reset', 'reset']
    expect(await sendSpans(3)).toMatchObject({ delivered: 3 })
  })

  it('sends smaller batches after 413, down to the one that is too large', async () => {
    receiver.answer = ({ bytes }) => (bytes > 900 ? { status: 413 } : 'ok')
    expect(await sendSpans(20)).toMatchObject({ delivered: 20, rejected: 0 })
    receiver.answer = { status: 413, headers: { 'content-type': 'text/html' }, body: '<h1>413 Too Large</h1>' }
    expect(await sendSpans(3)).toEqual({
      delivered: 0,
      rejected: 3,
      dropped: 0,
      reasons: [`${receiver.url}/v1/traces answered 413: 413 Too Large`],
    })
  })

  it('counts what is refused as rejected, and says why', async () => {
    receiver.answer = { status: 400, headers: { 'content-type': 'text/plain' }, body: 'bad span' }
    expect(await sendSpans(3)).toEqual({
      delivered: 0,
      rejected: 3,
      dropped: 0,
      reasons: [`${receiver.url}/v1/traces answered 400: bad span`],
    })
    // All three, then by halves.
    expect(receiver.requests).toBe(6)
  })

  it('takes any answer with 200 for a yes', async () => {
    receiver.answer = { body: 'OK, thank you' }
    expect(await sendSpans(3)).toMatchObject({ delivered: 3 })
    receiver.answer = { body: '[]', headers: { 'content-type': 'application/json' } }
    expect(await sendSpans(3)).toMatchObject({ delivered: 3 })
    receiver.answer = { body: 'null', headers: { 'content-type': 'application/json' } }
    expect(await sendSpans(3)).toMatchObject({ delivered: 3 })
  })

  it('shows neither password nor query of the URL', async () => {
    receiver.answer = { status: 400 }
    const url = receiver.url.replace('//', '//me:p%40ss@')
    const sent = await sendSpans(1, `${url}/base?key=secret`)
    expect(sent).toMatchObject({ reasons: [`${receiver.url}/base answered 400`] })
    expect(receiver.refused[0]).toMatchObject({
      path: '/base?key=secret',
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    })
  })

  it('splits metrics that are too large for one request', async () => {
    receiver.answer = ({ bytes }) => (bytes > 1_000 ? { status: 413 } : 'ok')
    using _ = environment({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/v1/metrics` })
    const { delivery } = await openOtlp()
    const [item] = oneOfEach()
    const [measurement] = item!.measurements!
    const measurements = Array.from({ length: 100 }, (_unused, index) => ({ ...measurement!, attributes: { index } }))
    await delivery.commit([{ ...item!, measurements }])
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ produced: 100, delivered: 100 }])
    const points = receiver.parts('metrics').flatMap(({ sum }) => (sum as { dataPoints: Json[] }).dataPoints)
    const indexes = points.map((point) => Number(attributesOf(point)['index']))
    expect(indexes.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 100 }, (_unused, index) => index),
    )
  })

  it('rejects one span that cannot be encoded, and sends the others', async () => {
    using _ = environment({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces` })
    const { delivery } = await openOtlp()
    const items = spanItems(9)
    await delivery.commit(
      items.map((item, index) => (index === 4 ? { ...item, body: null as never, json: 'null' } : item)),
    )
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ delivered: 8, rejected: 1 }])
    expect(destinations[0]!.reasons[0]!.reason).toMatch(/^cannot be encoded: /)
  })

  it('sends deltas where they are preferred, from what was acknowledged', async () => {
    using _ = environment({
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/v1/metrics`,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'Delta',
    })
    const { delivery } = await openOtlp()
    const [item] = oneOfEach()
    await delivery.commit([item!])
    await delivery.flush()
    receiver.answers = [{ status: 503, headers: { 'retry-after': '0' } }]
    await delivery.commit([
      { ...item!, id: 'b' },
      { ...item!, id: 'c' },
    ])
    await delivery.flush()
    await delivery.close()

    const pushes = receiver.taken.map((request) => (request.content as { resourceMetrics: Json[] }).resourceMetrics[0]!)
    const series = pushes.map((push) =>
      (
        push['scopeMetrics'] as unknown as {
          metrics: Record<string, { dataPoints: Json[]; aggregationTemporality: number }>[]
        }[]
      )
        .flatMap(({ metrics }) => metrics)
        .map((metric) => {
          const { dataPoints, aggregationTemporality } = (metric['sum'] ?? metric['histogram'])!
          const { asDouble, count, sum, bucketCounts, startTimeUnixNano, timeUnixNano } = dataPoints[0]!
          return { aggregationTemporality, asDouble, count, sum, bucketCounts, startTimeUnixNano, timeUnixNano }
        }),
    )
    expect(series).toMatchObject([
      [
        { aggregationTemporality: 1, asDouble: 2 },
        { aggregationTemporality: 1, count: '1', sum: 3, bucketCounts: ['0', '1', '0'] },
      ],
      [
        { aggregationTemporality: 1, asDouble: 4, startTimeUnixNano: series[0]![0]!.timeUnixNano },
        { aggregationTemporality: 1, count: '2', sum: 6, bucketCounts: ['0', '2', '0'] },
      ],
    ])
  })
})
