import type { FailedAttempt } from '../inspect/model-calls.ts'
import type { ModelEvent } from '../inspect/records.ts'
import { compareTimes, parseTime, type HrTime } from '../time.ts'
import type { Retry } from './chat.ts'
import { eventKey } from './event-key.ts'
import { sameModel } from './models.ts'

/** A call whose span is to be given out. */
export interface OpenCall {
  readonly key: string
  readonly event: ModelEvent
  readonly end: HrTime
  readonly incomplete: boolean
}

/** The back-offs of a sample that no call has been given yet. */
export class Retries {
  #open: readonly Retry[] = []

  get open(): readonly Retry[] {
    return this.#open
  }

  add(retry: Retry): void {
    this.#open = [...this.#open, retry]
  }

  /** Those of that model between two times. */
  between(model: string, start: HrTime, end: HrTime): readonly Retry[] {
    return this.#open.filter(
      ({ time, data }) =>
        sameModel(model, data.model_name) && compareTimes(start, time) <= 0 && compareTimes(time, end) <= 0,
    )
  }

  take(retries: readonly Retry[]): void {
    if (retries.length === 0) return
    const taken = new Set(retries)
    this.#open = this.#open.filter((retry) => !taken.has(retry))
  }
}

/**
 * Whose the back-offs were, by the key of the call's last attempt: the answer or the final failure. A back-off names
 * its model alone, so it is matched with the failed attempt before it; where there is none to be seen, with the one call
 * of that model that was open. What more than one call may have caused stays open.
 */
export function retriesOfCalls(
  calls: readonly OpenCall[],
  failed: readonly FailedAttempt[],
  { open }: Retries,
): Map<string, Retry[]> {
  const found = new Map<string, Retry[]>()
  if (open.length === 0) return found
  const lastOf = lastAttempts(failed)
  const byNumber = Map.groupBy(
    failed.map((attempt) => ({ ...attempt, start: parseTime(attempt.event.timestamp) })),
    ({ attempt }) => attempt,
  )
  for (const retry of open) {
    const causes = (byNumber.get(retry.data.attempt) ?? []).filter((attempt) => mayCause(attempt, retry))
    const last = causes.length === 1 ? lastOf.get(causes[0]!.event) : undefined
    const covering = causes.length === 0 ? calls.filter((call) => covers(call, retry)) : []
    const key = last ? eventKey(last) : covering.length === 1 ? covering[0]!.key : undefined
    if (key === undefined) continue
    const retries = found.get(key)
    if (retries) retries.push(retry)
    else found.set(key, [retry])
  }
  return found
}

function mayCause(
  { event, next, start }: FailedAttempt & { readonly start: HrTime | undefined },
  { time, data }: Retry,
): boolean {
  if (!start || !sameModel(event.model, data.model_name)) return false
  return compareTimes(start, time) <= 0 && (!next || compareTimes(time, next.start) <= 0)
}

/** By failed attempt: the last attempt of its call. */
function lastAttempts(failed: readonly FailedAttempt[]): Map<ModelEvent, ModelEvent> {
  const lastOf = new Map<ModelEvent, ModelEvent>()
  // An attempt stands before the one that follows it.
  for (const { event, next } of failed.toReversed()) {
    lastOf.set(event, next ? (lastOf.get(next.event) ?? next.event) : event)
  }
  return lastOf
}

function covers({ event, end }: OpenCall, { time, data }: Retry): boolean {
  const start = parseTime(event.timestamp)
  return (
    start !== undefined &&
    sameModel(event.model, data.model_name) &&
    compareTimes(start, time) <= 0 &&
    compareTimes(time, end) <= 0
  )
}
