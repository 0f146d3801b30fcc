import { randomUUID } from 'node:crypto'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { Aggregates } from './aggregates.ts'
import { fingerprint } from './fingerprint.ts'
import type { BatchLimits, Committed, Item, ObjectState } from './item.ts'
import type { CommitResult, Destination, Filed, Settlement, Store } from './store.ts'

export interface MemoryStoreOptions {
  readonly instanceId?: string | undefined
  readonly maxBytes?: number | undefined
  /** Milliseconds since 1970, for the times of metrics. */
  readonly now?: (() => number) | undefined
}

/** A store that lives and dies with its process. */
export class MemoryStore implements Store {
  readonly instanceId: string
  readonly maxBytes: number
  /** By object and id, the fingerprint of the digest: all that is kept of a million items that were sent. */
  readonly #seen = new Map<string, Map<string, number>>()
  readonly #outboxes = new Map<string, Outbox>()
  readonly #aggregates: Aggregates

  constructor({ instanceId = randomUUID(), maxBytes = 64 * 2 ** 20, now = Date.now }: MemoryStoreOptions = {}) {
    this.instanceId = instanceId
    this.maxBytes = maxBytes
    this.#aggregates = new Aggregates({ now })
  }

  async commit(items: readonly Item[], destinations: readonly Destination[]): Promise<CommitResult> {
    const committed = { fresh: [] as Item[], known: [] as Item[], superseded: [] as Item[] }
    const filed = new Map<string, Filed>()
    for (const item of items) {
      const verdict = this.#see(item)
      committed[verdict].push(item)
      if (verdict === 'fresh') item.measurements?.forEach((measurement) => this.#aggregates.add(measurement))
      const news = verdict === 'fresh' || (verdict === 'superseded' && item.rule === 'latest')
      for (const destination of destinations) {
        if (!destination.takes.includes(item.kind)) continue
        const outbox = this.#outbox(destination.id)
        if (!news && !outbox.missed(item)) continue
        const { count, bytes, refused } = filed.get(destination.id) ?? { count: 0, bytes: 0, refused: 0 }
        if (!destination.on) outbox.miss(item)
        else if (outbox.file(item, this.maxBytes)) {
          filed.set(destination.id, { count: count + 1, bytes: bytes + item.size, refused })
        } else filed.set(destination.id, { count, bytes, refused: refused + 1 })
      }
    }
    return { committed, filed }
  }

  async next(
    destination: string,
    limits: BatchLimits,
    release: 'item' | 'object',
  ): Promise<{ items: Item[]; state: ObjectState }> {
    return this.#outbox(destination).next(limits, release)
  }

  async settle(destination: string, items: readonly Item[], settlement: Settlement): Promise<void> {
    this.#outbox(destination).settle(items, settlement)
  }

  async metrics(): Promise<MetricData[]> {
    return this.#aggregates.collect()
  }

  async close(): Promise<void> {}

  #see(item: Item): keyof Committed {
    let ids = this.#seen.get(item.object)
    if (!ids) this.#seen.set(item.object, (ids = new Map()))
    const known = ids.get(item.id)
    const present = fingerprint(item.digest)
    if (known === present) return 'known'
    if (known === undefined || item.rule === 'latest') ids.set(item.id, present)
    return known === undefined ? 'fresh' : 'superseded'
  }

  #outbox(destination: string): Outbox {
    let outbox = this.#outboxes.get(destination)
    if (!outbox) this.#outboxes.set(destination, (outbox = new Outbox()))
    return outbox
  }
}

/** What waits for one destination, in order, and what it never got. */
class Outbox {
  readonly #waiting = new Set<Item>()
  readonly #missed = new Map<string, Set<string>>()
  readonly #states = new Map<string, ObjectState>()
  #bytes = 0

  file(item: Item, maxBytes: number): boolean {
    if (this.#waiting.size > 0 && this.#bytes + item.size > maxBytes) {
      this.miss(item)
      return false
    }
    this.#waiting.add(item)
    this.#bytes += item.size
    this.#missed.get(item.object)?.delete(item.id)
    return true
  }

  next(limits: BatchLimits, release: 'item' | 'object'): { items: Item[]; state: ObjectState } {
    const items: Item[] = []
    let bytes = 0
    for (const item of this.#waiting) {
      if (release === 'object' && items.length > 0 && item.object !== items[0]!.object) continue
      if (items.length > 0 && (items.length >= limits.items || bytes + item.size > limits.bytes)) break
      items.push(item)
      bytes += item.size
    }
    return { items, state: this.#states.get(items[0]?.object ?? '') ?? {} }
  }

  settle(items: readonly Item[], settlement: Settlement): void {
    for (const item of items) {
      if (this.#waiting.delete(item)) this.#bytes -= item.size
      if (settlement.status === 'dropped') this.miss(item)
    }
    if (settlement.status !== 'settled' || !settlement.state || !items[0]) return
    const { object } = items[0]
    this.#states.set(object, { ...this.#states.get(object), ...settlement.state })
  }

  missed(item: Item): boolean {
    return this.#missed.get(item.object)?.has(item.id) ?? false
  }

  miss(item: Item): void {
    let ids = this.#missed.get(item.object)
    if (!ids) this.#missed.set(item.object, (ids = new Set()))
    ids.add(item.id)
  }
}
