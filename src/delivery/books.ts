import { messageOf } from '../errors.ts'
import type { MetricPusher } from './metric-pusher.ts'
import type { DeliveryReport, DestinationReport } from './report.ts'
import type { Sender } from './sender.ts'
import type { Store } from './store.ts'
import type { Tally } from './tally.ts'

export interface BooksOptions {
  readonly store: Store
  readonly senders: readonly Sender[]
  readonly pushers: readonly MetricPusher[]
  readonly tally: Tally
  readonly report: (message: string) => void
}

/** Where the outbox is, and since when. */
export type Whereabouts = Pick<DeliveryReport, 'place' | 'since'>

interface Accounts {
  readonly session: readonly DestinationReport[]
  readonly all: readonly DestinationReport[]
}

/** What became of everything: the accounts of the store, with what never came so far, and the last pushes of metrics. */
export class Books {
  readonly #options: BooksOptions
  /** The accounts as they were when the store closed. */
  #last: Accounts | undefined

  constructor(options: BooksOptions) {
    this.#options = options
  }

  async report(): Promise<DeliveryReport> {
    return this.#summary(await this.#accounts(), await this.whereabouts())
  }

  /** Closes the store, and gives its last accounts. */
  async close(whereabouts: Whereabouts): Promise<DeliveryReport> {
    return this.#summary(await this.#closeStore(), whereabouts)
  }

  async whereabouts(): Promise<Whereabouts> {
    const { store } = this.#options
    try {
      const place = await store.place()
      return place === undefined ? {} : { place, since: new Date(await store.begun()).toISOString() }
    } catch {
      return {}
    }
  }

  async #accounts(): Promise<Accounts> {
    const { store } = this.#options
    try {
      return this.#last ?? { session: await store.report('session'), all: await store.report('all') }
    } catch {
      return this.#noAccounts()
    }
  }

  /** The outbox is gone: what it took is in its file, and nobody can say what became of it. */
  #noAccounts(): Accounts {
    const session = this.#options.senders.map(({ sink, destination }) => ({
      ...noReport,
      sink: sink.name,
      destination,
      address: sink.address,
    }))
    return { session, all: session }
  }

  async #closeStore(): Promise<Accounts> {
    const { store, senders, report } = this.#options
    const reasons = senders.map(({ destination, lastError }) => [
      destination,
      lastError === undefined ? 'given up' : `given up; last error: ${lastError}`,
    ])
    try {
      this.#last = await store.close(Object.fromEntries(reasons))
    } catch (error) {
      report(`the outbox did not close: ${messageOf(error)}`)
      this.#last = this.#noAccounts()
    }
    return this.#last
  }

  #summary({ session, all }: Accounts, whereabouts: Whereabouts): DeliveryReport {
    const { senders, pushers, tally } = this.#options
    const off = new Set([...senders, ...pushers].filter((part) => part.off).map((part) => part.destination))
    const isOn = ({ destination }: DestinationReport): boolean => !off.has(destination)
    const pushed = pushers.map((pusher) => {
      const report = pusher.report()
      return { ...all.find(({ destination }) => destination === report.destination), ...report }
    })
    return {
      ...tally.counts,
      ...whereabouts,
      destinations: [...session.map((report) => tally.withLost(report)), ...pushed].filter(isOn),
      // Of metrics only the last push counts, and that was ours.
      all: all
        .map((report) => ({
          ...tally.withLost(report),
          ...pushed.find(({ destination }) => destination === report.destination),
        }))
        .filter(isOn),
    }
  }
}

const noReport = {
  produced: 0,
  delivered: 0,
  waiting: 0,
  rejected: 0,
  dropped: 0,
  drafts: 0,
  superseded: 0,
  reasons: [],
} as const
