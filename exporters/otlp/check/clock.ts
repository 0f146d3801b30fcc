import type { Finding } from './finding.ts'

/** Backends drop or misplace what is much off their own time. */
const mostMs = 5_000

export interface Exchange {
  /** Milliseconds since 1970, by this machine. */
  readonly sent: number
  readonly answered: number
  readonly headers: Readonly<Record<string, string>>
}

/** How far this machine's clock is from the server's, by the `Date` of an answer, which is cut to seconds. */
export function checkClock({ sent, answered, headers }: Exchange): Finding {
  const date = Date.parse(headers['date'] ?? '')
  if (Number.isNaN(date)) return { ok: undefined, detail: 'its answers carry no time' }
  const earliest = sent - (date + 999)
  const latest = answered - date
  const skew = earliest > 0 ? earliest : latest < 0 ? latest : 0
  if (Math.abs(skew) < 1_000) return { ok: true, detail: "this machine's clock and the server's agree" }
  const detail = `this machine's clock is ${seconds(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} the server's`
  if (Math.abs(skew) <= mostMs) return { ok: true, detail }
  const advice = 'set the clock that is wrong (NTP): backends drop or misplace spans that are off by that much'
  return { ok: false, detail, advice }
}

function seconds(ms: number): string {
  if (ms < 120_000) return `${Math.ceil(ms / 1000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}
