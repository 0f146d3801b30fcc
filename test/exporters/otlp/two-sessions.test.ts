import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../../src/delivery/item.ts'
import { spanItem } from '../../delivery/items.ts'
import { HttpReceiver } from '../../receiver/http-receiver.ts'
import { environment } from '../environment.ts'
import { openOtlp } from '../otlp-fixture.ts'

const calls = { name: 'eval.calls', type: 'counter', unit: '{call}', description: 'Calls' } as const

function called(id: string, value: number): Item {
  return spanItem(id, { measurements: [{ instrument: calls, value, attributes: {}, time: [1_790_000_000, 0] }] })
}

/** One after another on the same outbox; gives what a receiver of metrics got of each counter. */
async function pushedBy(sessions: readonly Item[], receiver: HttpReceiver): Promise<string[]> {
  const path = join(mkdtempSync(join(tmpdir(), 'outbox-')), 'outbox.db')
  using _ = environment({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
  })
  for (const item of sessions) {
    // oxlint-disable-next-line no-await-in-loop
    const { delivery } = await openOtlp({ paths: [path], flushTimeoutMs: 5_000 })
    // oxlint-disable-next-line no-await-in-loop
    await delivery.commit([item])
    // oxlint-disable-next-line no-await-in-loop
    await delivery.close()
  }
  return receiver.parts('metrics').flatMap(({ name, sum }) => {
    const { dataPoints, isMonotonic } = sum as {
      dataPoints: { asDouble: number }[]
      isMonotonic?: boolean
    }
    return isMonotonic ? dataPoints.map(({ asDouble }) => `${name as string} ${asDouble}`) : []
  })
}

describe('two sessions on one outbox that push deltas', () => {
  it('send each what came in since the one before', async () => {
    await using receiver = await HttpReceiver.start()
    expect(await pushedBy([called('a', 5), called('b', 2)], receiver)).toEqual([
      'eval.calls 5',
      'evalspan.delivery.produced 1',
      'eval.calls 2',
      'evalspan.delivery.produced 1',
    ])
  })

  it('send again what was not acknowledged', async () => {
    await using receiver = await HttpReceiver.start()
    let pushes = 0
    receiver.answer = ({ signal }) => (signal === 'metrics' && pushes++ === 0 ? { status: 400 } : 'ok')
    expect(await pushedBy([called('a', 5), called('b', 2)], receiver)).toEqual([
      'eval.calls 7',
      'evalspan.delivery.produced 2',
    ])
  })
})
