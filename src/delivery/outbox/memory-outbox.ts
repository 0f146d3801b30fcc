import type { CommitReply, CommitRequest, CommitRow, Verdict } from './commit.ts'
import { isStorageError } from './database.ts'
import { openOutbox, type OutboxSettings } from './open-outbox.ts'
import type { Outbox } from './outbox.ts'
import type { StoredBatch, Want } from './queue.ts'
import type { Elsewhere } from './take-over.ts'

export interface MemoryOptions {
  readonly settings: OutboxSettings
  /** No disk was asked for. */
  readonly isAll: boolean
}

/** All that was committed to memory up to then. */
export interface MemoryMark {
  readonly seq: number
  readonly homecomings: number
}

/** What is to be committed to the disk, with what became of it by destination. */
interface Spilled {
  readonly requests: readonly CommitRequest[]
  readonly elsewhere: ReadonlyMap<string, Elsewhere>
}

/** Bytes that may wait for one destination while the disk does not take them. */
const mostInMemory = 64 * 2 ** 20
/** How often a disk that could not be written is tried again. */
const retryMs = 5_000

/** The outbox in memory: all there is, or there for what the disk does not take, until it does. */
export class MemoryOutbox {
  readonly #settings: OutboxSettings
  readonly #isAll: boolean
  readonly #tell: (message: string) => void
  #outbox: Outbox | undefined
  /** What is here, to be brought to the disk. */
  #spilled: CommitRequest[] = []
  #triedAt = -Infinity
  /** How often what was in memory has come to the disk, and up to which number the last time. */
  #homecomings = 0
  #homeUpTo = 0

  constructor({ settings, isAll }: MemoryOptions, tell: (message: string) => void) {
    // What a disk would hold may be more than memory can.
    this.#settings = isAll ? settings : { ...settings, maxBytes: Math.min(settings.maxBytes, mostInMemory) }
    this.#isAll = isAll
    this.#tell = tell
  }

  /** Undefined while nothing is here. */
  get outbox(): Outbox | undefined {
    return this.#outbox
  }

  /** Something is here that the disk is still to get. */
  get hasSpilled(): boolean {
    return this.#spilled.length > 0
  }

  async open(): Promise<Outbox> {
    this.#outbox ??= await openOutbox(':memory:', this.#settings, this.#tell)
    return this.#outbox
  }

  /** Takes what the disk lacks and cannot be given. */
  async commit(request: CommitRequest, disk: Outbox | undefined): Promise<CommitReply> {
    const { items, again } = request
    const verdicts = verdictsOf(items, disk)
    const taken: CommitRow[] = []
    const places = items.map((item, index) => {
      const verdict = verdicts[index]!
      const isLacking = verdict === 'fresh' || again || (verdict === 'superseded' && item.rule === 'latest')
      // What the disk has seen is measured already.
      return isLacking ? taken.push(verdict === 'fresh' ? item : { ...item, measurements: undefined }) - 1 : -1
    })
    const outbox = await this.open()
    const own = { ...request, items: taken }
    const reply = outbox.commit(own)
    if (disk) this.#spilled.push(own)
    return {
      ...reply,
      seqs: this.#isAll ? reply.seqs : items.map(() => 0),
      verdicts: verdicts.map((verdict, index) => (verdict === 'fresh' ? reply.verdicts[places[index]!]! : verdict)),
    }
  }

  next(destination: string, want: Want, disk: Outbox | undefined): StoredBatch | undefined {
    // Where memory is all there is its items keep their numbers, and those at hand need not be given.
    const heldFrom = this.#isAll ? want.heldFrom : undefined
    const held = this.#outbox?.next(destination, { ...want, heldFrom })
    const [item] = held?.items ?? []
    const before = item ? (disk?.state(destination, item.object) ?? {}) : {}
    return held && { ...held, state: { ...before, ...held.state } }
  }

  mark(): MemoryMark {
    return { seq: this.#outbox?.mark() ?? 0, homecomings: this.#homecomings }
  }

  /** Up to which number on the disk is what was here then; undefined while it is here. */
  homeUpTo({ seq, homecomings }: MemoryMark): number | undefined {
    if (homecomings === this.#homecomings) return undefined
    return seq > 0 ? this.#homeUpTo : 0
  }

  /** What the disk shall try to take: undefined while it is sent, or when the disk has been tried a moment ago. */
  spilled({ atOnce }: { readonly atOnce: boolean }): Spilled | undefined {
    const outbox = this.#outbox
    if (!outbox || outbox.isSending()) return undefined
    if (!atOnce && performance.now() - this.#triedAt < retryMs) return undefined
    this.#triedAt = performance.now()
    // Metrics are no items.
    const on = this.#settings.destinations.filter(({ takes }) => takes.length > 0).map(({ name }) => name)
    const elsewhere = new Map(on.map((name) => [name, outbox.handOver(name)]))
    // Memory knew of each destination whether it was on.
    return { requests: this.#spilled.map((request) => ({ ...request, on, unbounded: true })), elsewhere }
  }

  /** The disk has taken it all, up to that number. */
  cameHome(upTo: number): void {
    this.#homecomings += 1
    this.#homeUpTo = upTo
    this.#outbox?.close()
    this.#outbox = undefined
    this.#spilled = []
  }
}

function verdictsOf(items: readonly CommitRow[], disk: Outbox | undefined): Verdict[] {
  try {
    if (disk) return disk.verdicts(items)
  } catch (error) {
    if (!isStorageError(error)) throw error
  }
  return items.map(() => 'fresh')
}
