import { EvalspanError } from '../errors.ts'

const name = 'EVALSPAN_FLUSH_TIMEOUT'
/** What timers can hold, nearly 25 days. */
const mostMs = 2 ** 31 - 1
const units = { ms: 1, s: 1_000, m: 60_000 }

/**
 * How long a command waits at its end for a backend that makes no progress, in milliseconds: `EVALSPAN_FLUSH_TIMEOUT`
 * (`10` and `10s` are seconds, `500ms`, `5m`), else ten seconds, and five minutes in CI, where nobody sits and waits.
 */
export function flushTimeoutMs(environment: NodeJS.ProcessEnv = process.env): number {
  const value = environment[name]?.trim()
  if (!value) return isSet(environment['CI']) ? 5 * units.m : 10 * units.s
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m)?$/.exec(value) ?? []
  if (amount === undefined) {
    throw new EvalspanError(
      'BAD_OPTION',
      `${name} is "${value}", which is no duration: write seconds, or a number with ms, s or m (10, 500ms, 5m)`,
    )
  }
  return Math.min(Number(amount) * units[unit as keyof typeof units], mostMs)
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false'
}
