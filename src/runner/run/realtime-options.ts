import { badOption } from '../options/bad-option.ts'
import type { EvalLogOptions } from '../log/eval-log-writer.ts'
import type { RunContext } from './run-context.ts'

/** What is written beside the log while a task runs. Throws a `BAD_OPTION` error. */
export function realtimeOptions({ options, report }: RunContext): EvalLogOptions['realtime'] {
  const { logRealtime, logSamples, logShared: seconds = 2 } = options
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > mostSeconds) {
    throw badOption(`logShared: ${JSON.stringify(seconds)} is no number of seconds from 0 to ${mostSeconds}`)
  }
  if (logRealtime === false || logSamples === false) return undefined
  return { intervalMs: seconds * 1000, onError: ({ message }) => report(message) }
}

/** Timers know no longer times than 24 days. */
const mostSeconds = 86_400
