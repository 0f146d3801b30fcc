import type { Backlog } from './backlog.ts'
import type { BatchSize } from './batch-size.ts'
import type { Clock } from './clock.ts'
import type { Health } from './health.ts'
import { isEnabled } from './is-enabled.ts'
import type { Sink } from './item.ts'
import type { Signal } from './signal.ts'

export interface PaceOptions {
  readonly sink: Sink
  readonly clock: Clock
  readonly backlog: Backlog
  readonly health: Health
  readonly size: BatchSize
  /** How long an item may wait for others to fill its batch. */
  readonly lingerMs: number
  /** Told when a batch may be due sooner. */
  readonly changed: Signal
}

/** How often items in the hands of other processes are looked after, while somebody waits for them and otherwise. */
const pollMs = { hurried: 200, idle: 5_000 }

/** When the next batch for a destination is due. */
export class Pace {
  readonly #options: PaceOptions
  /** How many wait for what waits. */
  #hurry = 0
  #pollAt = 0

  constructor(options: PaceOptions) {
    this.#options = options
  }

  /** The process stays alive for it. */
  get isUrgent(): boolean {
    return this.#hurry > 0 || (!this.#options.health.failing && this.#pollAt <= this.#now())
  }

  dueAt(isSending: boolean): number {
    const { sink, backlog, health, size, lingerMs } = this.#options
    if (!isEnabled(sink)) return this.#now() + pollMs.idle
    if (backlog.isEmpty) return Infinity
    // While a backend fails one batch is enough to find out that it is back.
    if (health.failing) return isSending ? Infinity : Math.max(health.retryAt, this.#pollAt)
    const ripe = backlog.fills(size.limits) || this.#hurry > 0
    return Math.max(ripe ? 0 : backlog.lingersSince + lingerMs, this.#pollAt)
  }

  /** Something came that is in nobody's hands. */
  filed(): void {
    this.#pollAt = 0
  }

  /** All that waits was found to be in other hands. */
  idle(): void {
    this.#pollAt = this.#now() + (this.#hurry > 0 ? pollMs.hurried : pollMs.idle)
  }

  /** Nothing lingers while this is waited for. */
  async hurried(wait: () => Promise<void>): Promise<void> {
    this.#hurry += 1
    this.#pollAt = Math.min(this.#pollAt, this.#now() + pollMs.hurried)
    this.#options.changed.notify()
    try {
      await wait()
    } finally {
      this.#hurry -= 1
    }
  }

  #now(): number {
    return this.#options.clock.now()
  }
}
