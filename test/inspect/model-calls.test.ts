import { describe, expect, it } from 'vitest'
import { failedAttempts, refusedAnswers } from '../../src/inspect/model-calls.ts'
import type { Event } from '../../src/inspect/records.ts'
import { at, model } from '../telemetry/stream.ts'

const failed = (uuid: string, from: number, more: object = {}): Event =>
  model(uuid, from, undefined, { error: 'RateLimit()', output: undefined, ...more })

/** `a1 → b`: the failed attempts, which of their call they were, and what followed. */
function attempts(events: readonly Event[]): string[] {
  return failedAttempts(events, () => undefined).map(
    ({ event, attempt, next }) => `${event.uuid}${attempt}${next ? ` → ${next.event.uuid}` : ''}`,
  )
}

describe('the failed attempts of a model call', () => {
  it('are followed by the answer, whose event has the time of the begin of the call', () => {
    expect(attempts([failed('a', 2), failed('b', 3), model('c', 1, 5)])).toEqual(['a1 → b', 'b2 → c'])
  })

  it('are followed by nothing when the answer is that of another call', () => {
    expect(attempts([failed('a', 2), model('b', 3, 4)])).toEqual(['a1'])
  })

  it('are no more than the settings allow', () => {
    const config = { max_retries: 1 }
    const events = [failed('a', 1, { config }), failed('b', 2, { config }), failed('c', 3, { config })]
    expect(attempts(events)).toEqual(['a1 → b', 'b2', 'c1'])
  })

  it('are told apart when calls that ask for the same run at once', () => {
    const events = [
      failed('a', 2),
      failed('b', 2.1),
      model('c', 1, 4),
      failed('d', 5),
      model('e', 1.1, 6),
      model('f', 1.2, 7),
    ]
    expect(attempts(events)).toEqual(['a1 → d', 'b1 → e', 'd2 → f'])
  })

  it('are over when the call was cancelled', () => {
    expect(attempts([failed('a', 1, { error: 'Cancelled by limit' }), failed('b', 2)])).toEqual(['a1', 'b1'])
  })

  it('end when their time was up, and the wait is what is left until the next', () => {
    const config = { attempt_timeout: 2 }
    const events = [failed('a', 1, { config, error: "AttemptTimeoutError('2')" }), failed('b', 4, { config })]
    const [first] = failedAttempts(events, () => undefined)
    expect(first).toMatchObject({ next: { wait: 1 } })
    expect(first!.end[0]).toBe(new Date(at(3)).getTime() / 1000)
  })
})

describe('answers that nobody was given', () => {
  it('were not counted when they exceeded a limit of tokens or cost, and were for one of turns', () => {
    const limit = (type: string): Event => ({ event: 'sample_limit', type, span_id: 'solver', timestamp: at(3) })
    const names = (events: readonly Event[]): (string | undefined)[] =>
      [...refusedAnswers(events)].map(({ uuid }) => uuid)
    expect(names([model('a', 1, 2), model('b', 2, undefined), limit('token')])).toEqual(['b'])
    expect(names([model('a', 1, undefined), limit('turn')])).toEqual([])
    expect(names([model('a', 1, undefined)])).toEqual([])
  })
})
