import { expect, it } from 'vitest'
import type { DeliveryReport, DestinationReport } from '../../src/delivery/index.ts'
import { leftLines } from '../../src/session/left-lines.ts'

const traces: DestinationReport = {
  sink: 'otlp/traces',
  destination: 'otlp/traces:4dd1f57f',
  address: 'http://localhost:4318/v1/traces',
  produced: 20,
  delivered: 20,
  waiting: 0,
  rejected: 0,
  dropped: 0,
  drafts: 0,
  superseded: 0,
  reasons: [],
}

function linesOf(destinations: readonly DestinationReport[], place?: string): string[] {
  const nothing = { fresh: { span: 0, log: 0 }, known: 0, superseded: 0, supersededNames: [] }
  return leftLines({ ...nothing, place, destinations, all: destinations } satisfies DeliveryReport)
}

it('says what is left in the outbox, why, and what sends it', () => {
  const lastError = { time: '2026-11-21T14:05:00.000Z', reason: 'connection refused' }
  const refused = { outcome: 'rejected', reason: '400 Bad Request', count: 3 } as const
  const lines = linesOf(
    [
      traces,
      { ...traces, delivered: 0, waiting: 20, lastError },
      { ...traces, sink: 'mlflow/runs', address: undefined, delivered: 19, waiting: 1 },
      { ...traces, sink: 'otlp/metrics', isMetrics: true, delivered: 0, waiting: 20, lastError },
      { ...traces, delivered: 17, rejected: 3, reasons: [{ ...refused, names: ['chat main (ab)'] }] },
      { ...traces, delivered: 17, rejected: 3, reasons: [{ ...refused, names: [] }] },
    ],
    '/state/evalspan',
  )
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    20 items wait for otlp/traces (http://localhost:4318/v1/traces) in /state/evalspan: connection refused; \`evalspan flush\` sends them
    1 item waits for mlflow/runs in /state/evalspan; \`evalspan flush\` sends it
    the metrics wait for otlp/metrics (http://localhost:4318/v1/traces) in /state/evalspan: connection refused; \`evalspan flush\` pushes them
    otlp/traces (http://localhost:4318/v1/traces) refused 3 items; \`evalspan status\` says why, \`evalspan retry\` sends them again
    otlp/traces (http://localhost:4318/v1/traces) refused 3 items; \`evalspan status\` says why
    "
  `)
})

it('says nothing where there is no outbox: all is delivered or given up', () => {
  expect(linesOf([{ ...traces, delivered: 0, waiting: 20 }])).toEqual([])
})
