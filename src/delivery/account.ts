import type { MetricSink } from './metrics.ts'
import type { DestinationReport } from './report.ts'

/** A server that puts an id into each answer must not grow the account for ever. */
const mostReasons = 50
const otherReasons = 'other reasons'
const longestReason = 300

/** Keeps the books of one destination. Every item is in exactly one of waiting, delivered, rejected and dropped. */
export class Account {
  readonly #reasons = new Map<string, number>()
  #produced = 0
  #delivered = 0
  #waiting = 0
  #waitingBytes = 0
  #rejected = 0
  #dropped = 0

  get waiting(): number {
    return this.#waiting
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get delivered(): number {
    return this.#delivered
  }

  file(count: number, bytes: number): void {
    this.#produced += count
    this.#waiting += count
    this.#waitingBytes += bytes
  }

  /** Items that were never stored. */
  refuse(count: number, reason: string): void {
    this.#produced += count
    this.#dropped += count
    this.#note(reason, count)
  }

  deliver(count: number, bytes: number): void {
    this.#leave(count, bytes)
    this.#delivered += count
  }

  reject(count: number, bytes: number, reason: string): void {
    this.#leave(count, bytes)
    this.#rejected += count
    this.#note(reason, count)
  }

  drop(count: number, bytes: number, reason: string): void {
    this.#leave(count, bytes)
    this.#dropped += count
    this.#note(reason, count)
  }

  report(sink: Pick<MetricSink, 'name' | 'destination' | 'address'>): DestinationReport {
    return {
      sink: sink.name,
      destination: sink.destination(),
      address: sink.address,
      produced: this.#produced,
      delivered: this.#delivered,
      waiting: this.#waiting,
      rejected: this.#rejected,
      dropped: this.#dropped,
      reasons: Array.from(this.#reasons, ([reason, count]) => ({ reason, count })).toSorted(
        (one, other) => other.count - one.count,
      ),
    }
  }

  #leave(count: number, bytes: number): void {
    this.#waiting -= count
    this.#waitingBytes -= bytes
  }

  #note(reason: string, count: number): void {
    if (count === 0) return
    const line = oneLine(reason)
    const known = this.#reasons.has(line) || this.#reasons.size < mostReasons
    const key = known ? line : otherReasons
    this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + count)
  }
}

/** What a server says, fit for one line of a terminal. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
  return line.length > longestReason ? `${line.slice(0, longestReason - 1)}…` : line
}
