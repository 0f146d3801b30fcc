import type { Event } from '../../inspect/records.ts'
import { milliseconds } from './milliseconds.ts'
import type { OpenCall } from './open-calls.ts'
import { RecentMap } from './recent-map.ts'
import { shortName } from './short-name.ts'
import type { Activity } from './snapshot.ts'

interface OpenSpan {
  readonly type: string
  readonly name: string | null
  readonly since: number
}

interface Wait {
  readonly model: string
  readonly since: number
  readonly until: number
}

const mostSpans = 200

/** One sample in flight. */
export class SampleBoard {
  id: string | number | null = null
  epoch: number | null = null
  /** From 1; 0 before the first one. */
  attempt = 0
  readonly started: number
  #phase: 'starting' | 'running' | 'scoring' | 'queued' = 'starting'
  #phaseSince: number
  #wait: Wait | undefined
  readonly #spans = new RecentMap<string, OpenSpan>(mostSpans)

  constructor(started: number) {
    this.started = started
    this.#phaseSince = started
  }

  get isQueued(): boolean {
    return this.#phase === 'queued'
  }

  /** False when that attempt has begun already. */
  startAttempt(attempt: number, time: number): boolean {
    if (attempt <= this.attempt) return false
    this.attempt = attempt
    this.#enter('running', time)
    return true
  }

  /** Another attempt follows. False when that is known already. */
  queue(time: number): boolean {
    if (this.#phase === 'queued') return false
    this.#enter('queued', time)
    return true
  }

  /** The events of a quick attempt come after this, so what was open stays. */
  startScoring(time: number): void {
    this.#phase = 'scoring'
    this.#phaseSince = time
    this.#wait = undefined
  }

  retry(model: string, since: number, seconds: number): void {
    this.#wait = { model, since, until: since + seconds * 1000 }
  }

  event(event: Event, time: number): void {
    if (event.event === 'span_begin') {
      const since = milliseconds(event.timestamp) ?? time
      this.#spans.set(event.id, { type: event.type ?? '', name: shortName(event.name), since })
      if (event.type === 'tool') this.#wait = undefined
    } else if (event.event === 'span_end') this.#spans.delete(event.id)
    // A failed try comes after the retry that it caused.
    else if (event.event === 'model' && event.error === undefined) this.#wait = undefined
  }

  activity(call: OpenCall | undefined, now: number): Activity {
    const span = (...types: string[]) => [...this.#spans.values()].findLast(({ type }) => types.includes(type))
    if (this.#phase === 'scoring') return doing('scoring', span('scorer')?.name ?? null, this.#phaseSince)
    if (this.#phase !== 'running') return doing(this.#phase, null, this.#phaseSince)
    if (this.#wait && now < this.#wait.until) {
      const { model, since, until } = this.#wait
      return { ...doing('waiting', model, since), until }
    }
    const tool = span('tool')
    if (call && (call.since === null || !tool || call.since >= tool.since)) {
      return doing('model', shortName(call.model), call.since)
    }
    if (this.#wait) return doing('model', this.#wait.model, this.#wait.until)
    if (tool) return doing('tool', tool.name, tool.since)
    const part = span('agent', 'solver')
    return doing(part?.type === 'agent' ? 'agent' : 'solver', part?.name ?? null, part?.since ?? this.#phaseSince)
  }

  #enter(phase: 'running' | 'queued', time: number): void {
    this.#phase = phase
    this.#phaseSince = time
    this.#wait = undefined
    this.#spans.clear()
  }
}

function doing(kind: Activity['kind'], name: string | null, since: number | null): Activity {
  return { kind, name, since, until: null }
}
