import type { Committed, Item } from './item.ts'
import { nameOf } from './item-name.ts'
import type { DeliveryReport, DestinationReport } from './report.ts'
import type { Before } from './store.ts'

type Counts = Pick<DeliveryReport, 'fresh' | 'known' | 'before' | 'superseded' | 'supersededNames'>

const mostNames = 5

/** Counts what was committed, and what could not be. */
export class Tally {
  readonly #again: boolean
  readonly #fresh = { span: 0, log: 0 }
  #known = 0
  readonly #before = { count: 0, latest: 0, undelivered: 0 }
  #superseded = 0
  readonly #supersededNames = new Set<string>()
  /** What could not be stored, by destination. */
  readonly #lost = new Map<string, { readonly count: number; readonly reason: string }>()

  /** `again`: what a destination has had is sent once more. */
  constructor(again: boolean) {
    this.#again = again
  }

  /** `resent`: of the superseded, those that are sent all the same. */
  add({ fresh, known, superseded }: Committed, before: Before, resent: readonly Item[]): void {
    for (const { kind } of fresh) if (kind !== 'mark') this.#fresh[kind] += 1
    const late = resent.filter(({ rule }) => rule === 'once')
    this.#known += known.filter(({ kind }) => kind !== 'mark').length + late.length
    this.#before.count += before.count
    this.#before.latest = Math.max(this.#before.latest, before.latest)
    this.#before.undelivered += before.undelivered
    if (this.#again) return
    const unsent = superseded.filter((item) => item.rule === 'once' && !late.includes(item))
    this.#superseded += unsent.length
    for (const item of unsent) {
      if (this.#supersededNames.size >= mostNames) break
      this.#supersededNames.add(nameOf(item))
    }
  }

  /** Items for a destination that nobody could store. */
  lose(destination: string, items: readonly Item[], reason: string): void {
    const before = this.#lost.get(destination)?.count ?? 0
    if (items.length > 0) this.#lost.set(destination, { count: before + items.length, reason })
  }

  get counts(): Counts {
    const { count, latest, undelivered } = this.#before
    const last = latest > 0 ? new Date(latest).toISOString() : undefined
    return {
      fresh: { ...this.#fresh },
      known: this.#known,
      before: count + undelivered > 0 ? { count, latest: last, undelivered } : undefined,
      superseded: this.#superseded,
      supersededNames: [...this.#supersededNames],
    }
  }

  /** An account of the store, and what never came so far. */
  withLost(report: DestinationReport): DestinationReport {
    const lost = this.#lost.get(report.destination)
    if (!lost) return report
    const { count, reason } = lost
    const reasons = [...report.reasons, { outcome: 'dropped', reason, count, names: [] } as const]
    return { ...report, produced: report.produced + count, dropped: report.dropped + count, reasons }
  }
}
