import { describe, expect, it } from 'vitest'
import { accountLines, dryRunLines, isIncomplete } from '../../src/cli/account.ts'
import type { DeliveryReport, DestinationReport } from '../../src/exporter.ts'

const traces: DestinationReport = {
  sink: 'otlp/traces',
  destination: 'otlp/traces:4dd1f57f',
  address: 'http://localhost:4318/v1/traces',
  produced: 1312,
  delivered: 1200,
  waiting: 0,
  rejected: 12,
  dropped: 100,
  reasons: [
    { reason: 'given up; last error: 503 \u001B[2JService Unavailable', count: 100 },
    { reason: '400 Bad Request', count: 12 },
  ],
}
const runs: DestinationReport = {
  sink: 'mlflow/runs',
  destination: 'mlflow/runs:0ff1ce00',
  produced: 7,
  delivered: 7,
  waiting: 0,
  rejected: 0,
  dropped: 0,
  reasons: [],
}

function reportOf(...destinations: DestinationReport[]): DeliveryReport {
  return { fresh: { span: 1300, log: 1 }, known: 0, superseded: 0, supersededNames: [], destinations }
}

describe('the account', () => {
  it('adds up for each destination, with the reasons of what was not delivered', () => {
    expect(
      accountLines({
        ...reportOf(traces, runs),
        known: 40,
        superseded: 1,
        supersededNames: ['eval_task sums (ab12)'],
      }).join('\n'),
    ).toMatchInlineSnapshot(`
      "otlp/traces  http://localhost:4318/v1/traces  1,312 produced = 1,200 delivered + 0 waiting + 12 rejected + 100 dropped
        100 not delivered: given up; last error: 503 Service Unavailable
        12 not delivered: 400 Bad Request
      mlflow/runs  0ff1ce00                             7 produced =     7 delivered + 0 waiting + 0 rejected + 0 dropped
      40 items seen before, unchanged.
      1 item seen before with other content, and not sent again: eval_task sums (ab12)"
    `)
  })

  it('says how to switch a destination on when there is none', () => {
    expect(accountLines(reportOf()).join('\n')).toMatchInlineSnapshot(`
      "Nothing was sent, because no destination is on.
      Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see \`evalspan hooks\` for all that can be set."
    `)
    expect(dryRunLines(reportOf(), 1).join('\n')).toMatchInlineSnapshot(`
      "Dry run: 1 sample read, nothing sent. No destination is on.
      Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see \`evalspan hooks\` for all that can be set."
    `)
  })

  it('says what a dry run would have sent where', () => {
    expect(dryRunLines(reportOf(traces, runs), 7).join('\n')).toMatchInlineSnapshot(`
      "Dry run: 7 samples read, nothing sent; that makes 1,300 spans and 1 log record.
        otlp/traces  http://localhost:4318/v1/traces  1,312 to send
        mlflow/runs  0ff1ce00                         7 to send"
    `)
  })

  it('tells whether something is not where it belongs', () => {
    expect(isIncomplete(reportOf(runs))).toBe(false)
    expect(isIncomplete(reportOf(runs, traces))).toBe(true)
    expect(isIncomplete(reportOf({ ...runs, delivered: 6, waiting: 1 }))).toBe(true)
  })
})
