import { describe, expect, it } from 'vitest'
import { accountLines, dryRunLines, isIncomplete } from '../../src/cli/account.ts'
import type { DeliveryReport, DestinationReport } from '../../src/exporter.ts'

const traces: DestinationReport = {
  sink: 'otlp/traces',
  destination: 'otlp/traces:4dd1f57f',
  address: 'http://localhost:4318/v1/traces',
  produced: 1312,
  delivered: 1190,
  waiting: 10,
  rejected: 12,
  dropped: 100,
  drafts: 3,
  superseded: 1,
  oldest: '2026-11-20T09:12:13.000Z',
  lastDelivered: '2026-11-21T13:59:00.000Z',
  lastError: { time: '2026-11-21T14:00:00.000Z', reason: 'answered 503 \u001B[2JService Unavailable' },
  reasons: [
    { outcome: 'dropped', reason: 'older than 30 days (EVALSPAN_OUTBOX_MAX_AGE)', count: 100, names: [] },
    {
      outcome: 'rejected',
      reason: '400 Bad Request: no such tenant',
      count: 12,
      names: ['chat main (c95b833cf5f3c7f4)', 'scorer match (c35570e24d1e810c)', 'solvers (a9ee3bc52f1ac03a)', 'd'],
    },
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
  drafts: 0,
  superseded: 0,
  reasons: [],
}
const nothing = { ...runs, produced: 0, delivered: 0 }

function reportOf(...destinations: DestinationReport[]): DeliveryReport {
  return {
    fresh: { span: 1300, log: 1 },
    known: 0,
    superseded: 0,
    supersededNames: [],
    place: '/state/evalspan',
    since: '2026-11-01T08:00:00.000Z',
    destinations,
    all: destinations,
  }
}

/** After a replay in which nothing was fresh, with what had been done in earlier ones. */
function replayed(before: DeliveryReport['before'], all: DestinationReport = runs): DeliveryReport {
  return { ...reportOf(nothing), fresh: { span: 0, log: 0 }, known: 7, before, all: [all] }
}

function text(report: DeliveryReport, again?: boolean): string {
  return accountLines(report, { columns: 100, again }).join('\n')
}

describe('the account', () => {
  it('adds up for each destination, with the reasons of what was not delivered', () => {
    expect(text({ ...reportOf(traces, runs), superseded: 1, supersededNames: ['eval_task sums (ab12)'] }))
      .toMatchInlineSnapshot(`
      "otlp/traces  http://localhost:4318/v1/traces
        1,312 produced = 1,190 delivered + 10 waiting + 12 rejected + 100 dropped
        10 waiting since 2026-11-20 09:12 UTC: answered 503 Service Unavailable
        100 dropped: older than 30 days (EVALSPAN_OUTBOX_MAX_AGE)
        12 rejected: 400 Bad Request: no such tenant; chat main (c95b833cf5f3c7f4), scorer match
          (c35570e24d1e810c), solvers (a9ee3bc52f1ac03a), …
        beside that: 3 drafts (begun, not ended), 1 superseded (came again with other content)
      mlflow/runs  0ff1ce00
        7 produced = 7 delivered + 0 waiting + 0 rejected + 0 dropped
      1 item seen before with other content, and not sent again: eval_task sums (ab12)"
    `)
  })

  it('is that of the whole outbox as well where that differs, with the reason of what waits there', () => {
    expect(text({ ...reportOf(runs, nothing), all: [{ ...traces, destination: runs.destination, reasons: [] }] }))
      .toMatchInlineSnapshot(`
      "mlflow/runs  0ff1ce00
        7 produced = 7 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since 2026-11-01: 1,312 produced = 1,190 delivered + 10 waiting + 12 rejected + 100 dropped
        10 waiting since 2026-11-20 09:12 UTC: answered 503 Service Unavailable
      mlflow/runs  0ff1ce00
        0 produced = 0 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since 2026-11-01: 1,312 produced = 1,190 delivered + 10 waiting + 12 rejected + 100 dropped
        10 waiting since 2026-11-20 09:12 UTC: answered 503 Service Unavailable"
    `)
  })

  it('breaks its lines where the terminal ends, but for the equations', () => {
    const lines = accountLines(reportOf(traces), { columns: 60 })
    expect(lines.filter((line) => line.length > 60)).toEqual([
      '  1,312 produced = 1,190 delivered + 10 waiting + 12 rejected + 100 dropped',
    ])
  })

  it('says when nothing is new, and how to send it once more', () => {
    const before = { count: 7, latest: '2026-11-20T10:00:00.000Z', undelivered: 0 }
    expect(text(replayed(before))).toMatchInlineSnapshot(`
      "mlflow/runs  0ff1ce00
        0 produced = 0 delivered + 0 waiting + 0 rejected + 0 dropped
        in all since 2026-11-01: 7 produced = 7 delivered + 0 waiting + 0 rejected + 0 dropped
      nothing new; 7 items delivered on 2026-11-20; --again sends them once more (backends that only
        append will show them twice)"
    `)
    expect(isIncomplete(replayed(before))).toBe(false)
    expect(text({ ...replayed(before), fresh: { span: 4, log: 1 } })).toContain(
      '\n5 items new; 7 items delivered on 2026-11-20; --again',
    )
  })

  it('says what has become of known items that were not delivered before', () => {
    const before = { count: 0, undelivered: 7 }
    const waiting = replayed(before, { ...runs, delivered: 0, waiting: 7, oldest: '2026-11-20T10:00:00.000Z' })
    const refused = replayed(before, { ...runs, delivered: 0, rejected: 7 })
    const delivered = replayed(before)
    expect(
      [waiting, refused, delivered].map((report) => [text(report).split('\n').at(-1), isIncomplete(report)]),
    ).toEqual([
      ['nothing new; 7 items from an earlier time still waiting', true],
      ['nothing new; 7 items from an earlier time not delivered in full; `evalspan status` says why', true],
      ['nothing new; 7 items from an earlier time delivered now', false],
    ])
    const partly = { ...replayed({ count: 5, latest: '2026-11-20T10:00:00.000Z', undelivered: 2 }), all: waiting.all }
    expect(text(partly).split('\n').slice(-3)).toEqual([
      'nothing new; 5 items delivered on 2026-11-20; --again sends them once more (backends that only',
      '  append will show them twice)',
      '2 items from an earlier time still waiting',
    ])
  })

  it('says of known items why they are in it', () => {
    const refiled = { ...replayed(undefined), destinations: [runs] }
    expect(text(refiled).split('\n').at(-1)).toBe('7 items seen before, which a destination lacked')
    expect(text(refiled, true).split('\n').at(-1)).toBe('7 items seen before, taken once more, because of --again')
  })

  it('says nothing of items that a backend turned out to take none of', () => {
    // Two of the seven were records for a backend that knows traces alone.
    const report = replayed({ count: 5, latest: '2026-11-20T10:00:00.000Z', undelivered: 0 })
    expect(text(report).split('\n').slice(-2)).toEqual([
      'nothing new; 5 items delivered on 2026-11-20; --again sends them once more (backends that only',
      '  append will show them twice)',
    ])
  })

  it('says how to switch a destination on when there is none', () => {
    expect(text(reportOf())).toMatchInlineSnapshot(`
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
