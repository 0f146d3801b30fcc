import { expect } from 'vitest'
import type { DestinationReport } from '../../src/delivery/report.ts'
import { evalspan, type Variables } from './child-process.ts'

export type Account = Pick<DestinationReport, 'sink' | 'produced' | 'delivered' | 'waiting' | 'rejected' | 'dropped'>

/** What `evalspan status --json` says of spans and log records, each destination's numbers having been added up. */
export async function status(variables: Variables): Promise<Account[]> {
  const { code, stdout, stderr } = await evalspan(['status', '--json'], variables)
  expect({ stderr, isKnownCode: code === 0 || code === 1 }).toEqual({ stderr: '', isKnownCode: true })
  return accounts((JSON.parse(stdout) as { readonly destinations: readonly DestinationReport[] }).destinations)
}

/** The account of spans and log records. Fails when a destination's does not add up. */
export function accounts(destinations: readonly DestinationReport[]): Account[] {
  for (const { sink, produced, delivered, waiting, rejected, dropped } of destinations) {
    expect({ sink, produced, least: Math.min(delivered, waiting, rejected, dropped, 0) }).toEqual({
      sink,
      produced: delivered + waiting + rejected + dropped,
      least: 0,
    })
  }
  return destinations
    .filter(({ sink }) => sink !== 'otlp/metrics')
    .map(({ sink, produced, delivered, waiting, rejected, dropped }) => ({
      sink,
      produced,
      delivered,
      waiting,
      rejected,
      dropped,
    }))
    .toSorted((one, other) => (one.sink < other.sink ? -1 : 1))
}

/** The account of the two destinations where so many were produced and all went one way, but for what is given. */
export function expected(
  produced: { readonly spans: { readonly size: number }; readonly logs: { readonly size: number } },
  where: 'delivered' | 'waiting' | 'rejected' | 'dropped',
  rejectedSpans = 0,
): Account[] {
  const zero = { delivered: 0, waiting: 0, rejected: 0, dropped: 0 }
  const { spans, logs } = produced
  return [
    { sink: 'otlp/logs', ...zero, produced: logs.size, [where]: logs.size },
    {
      sink: 'otlp/traces',
      ...zero,
      produced: spans.size,
      [where]: spans.size - rejectedSpans,
      ...(rejectedSpans > 0 && { rejected: rejectedSpans }),
    },
  ]
}
