import { describe, expect, it } from 'vitest'
import type { EvalLog, EvalSample } from '../../src/inspect/records.ts'
import { attemptsOf } from '../../src/sources/sample-attempts.ts'
import { parseTime } from '../../src/time.ts'
import { header, sample } from '../inspect/log-text.ts'

function at(second: number): string {
  return `2026-11-21T09:11:${String(second).padStart(2, '0')}.500000+00:00`
}

/** An error of an attempt, with its last events; Inspect writes an event of it where it does not try again. */
function failed(second: number, last: 'logger' | 'error'): object {
  const events = ['model', last].map((event) => ({ event, timestamp: at(second) }))
  return { message: `failed at ${second}`, traceback: '', traceback_ansi: '', events }
}

/** The messages of the errors that were retried in the run of the sample, whose log began at second 10. */
function retriedIn(solversAt: number, ...retries: object[]): (string | undefined)[] {
  const log = header({ stats: { started_at: '2026-11-21T09:11:10+00:00', completed_at: '' } })
  const spec = { ...(log['eval'] as object), config: { retry_on_error: 3 } }
  const events = [{ event: 'span_begin', name: 'solvers', id: 's', timestamp: at(solversAt) }]
  const record = sample('a', 30, { events, error_retries: retries }) as unknown as EvalSample
  const attempts = attemptsOf({ ...log, eval: spec } as unknown as EvalLog, record, parseTime(at(30))!, () => false)
  return attempts.flatMap(({ error }) => (error ? [error.message] : []))
}

describe('of the errors before that of a sample, those of its own run', () => {
  it('are not the ones up to an error that was not retried, which ended an earlier attempt at the task', () => {
    expect(retriedIn(12, failed(10, 'logger'), failed(10, 'error'), failed(11, 'logger'))).toEqual(['failed at 11'])
  })

  it('are not those before the begin of the log', () => {
    expect(retriedIn(12, failed(8, 'logger'), failed(11, 'logger'))).toEqual(['failed at 11'])
  })

  it('lie before it where the whole sample does, and was taken over', () => {
    expect(retriedIn(9, failed(6, 'error'), failed(8, 'logger'))).toEqual(['failed at 8'])
  })
})
