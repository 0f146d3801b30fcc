import type { DestinationReport, Reason } from '../report.ts'
import { messageOf } from '../../errors.ts'
import type { Destination } from './accounts.ts'
import type { CommitReply, CommitRequest, CommitRow, Verdict } from './commit.ts'
import { fileAt, isCorrupt, isFull, isStorageError, openDatabase, setAside } from './database.ts'
import { Outbox, type Standing } from './outbox.ts'
import type { Settlement, StoredBatch, Want } from './queue.ts'
import { Reserve } from './reserve.ts'
import { mergeSeries, type SeriesRow } from './series.ts'

export interface StorageOptions {
  /** The database files that may be used, the first that works is; none: memory alone. */
  readonly paths: readonly string[]
  /** Why the folder that was meant is not among them. */
  readonly problems: readonly string[]
  readonly destinations: readonly Destination[]
  readonly maxBytes: number
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

export type SpillableBatch = StoredBatch & { readonly inMemory: boolean }

type SpillableKey = Pick<SpillableBatch, 'key' | 'inMemory'>

/** All that was committed up to then. */
interface Mark {
  readonly disk: number
  readonly memory: number
  readonly homecomings: number
}

/** Bytes that may wait for one destination while the disk does not take them. */
const mostInMemory = 64 * 2 ** 20
/** How often a disk that could not be written is tried again. */
const retryMs = 5_000

/** The outbox on disk, and one in memory for what the disk does not take. */
export class Storage {
  readonly #options: StorageOptions
  readonly #tell: (message: string) => void
  readonly #told = new Set<string>()
  #path: string | undefined
  #disk: Outbox | undefined
  #memory: Outbox | undefined
  /** What is in memory, to be brought to the disk. */
  #spilled: CommitRequest[] = []
  #instruments: CommitRequest['instruments'] = []
  #reserve: Reserve | undefined
  #triedAt = -Infinity
  /** Which file the outbox is in. */
  #file: number | undefined
  /** The largest number that an item got. */
  #newest = 0
  /** How often what was in memory has come to the disk, and up to which number the last time. */
  #homecomings = 0
  #homeUpTo = 0
  readonly #unsettled: (() => void)[] = []

  private constructor(options: StorageOptions, tell: (message: string) => void) {
    this.#options = options
    this.#tell = tell
  }

  /** Never rejects for a disk: then all is kept in memory, and `tell` says so. */
  static async open(options: StorageOptions, tell: (message: string) => void): Promise<Storage> {
    const storage = new Storage(options, tell)
    await storage.#openDisk()
    return storage
  }

  /** The file; undefined when all is in memory. */
  path(): string | undefined {
    return this.#path
  }

  /** The outbox that is asked what one of the two must know. */
  get main(): Outbox {
    return this.#disk ?? this.#memory!
  }

  get #isAllInMemory(): boolean {
    return this.#options.paths.length === 0
  }

  async commit(request: CommitRequest): Promise<CommitReply> {
    this.#instruments = [...this.#instruments, ...request.instruments]
    await this.#bringHome()
    const whole = { ...request, instruments: this.#instruments }
    if (this.#disk) {
      try {
        const reply = await this.#onDisk((disk) => disk.commit(whole), false)
        for (const seq of reply.seqs) this.#newest = Math.max(this.#newest, seq)
        return reply
      } catch (error) {
        if (!isStorageError(error)) throw error
        this.#once(`the outbox cannot be written (${messageOf(error)}): items wait in memory until it can`)
      }
    }
    return await this.#spill(whole)
  }

  async next(destination: string, want: Want): Promise<SpillableBatch | undefined> {
    this.#settleLate()
    const stored = this.#disk && (await this.#nextOnDisk(destination, want))
    if (stored) return { ...stored, inMemory: false }
    // Where memory is all there is its items keep their numbers, and those at hand need not be given.
    const heldFrom = this.#isAllInMemory ? want.heldFrom : undefined
    const held = this.#memory?.next(destination, { ...want, heldFrom })
    const [item] = held?.items ?? []
    const before = item ? (this.#disk?.state(destination, item.object) ?? {}) : {}
    return held && { ...held, state: { ...before, ...held.state }, inMemory: true }
  }

  /** Something small that only the main outbox knows. */
  async small<T>(work: (outbox: Outbox) => T): Promise<T> {
    return this.#disk ? await this.#onDisk(work) : work(this.main)
  }

  async settle(destination: string, { key, inMemory }: SpillableKey, settlement: Settlement): Promise<void> {
    if (inMemory) return this.#memory?.settle(destination, key, settlement)
    try {
      await this.#onDisk((disk) => disk.settle(destination, key, settlement))
    } catch (error) {
      if (!isStorageError(error)) throw error
      this.#once(`what became of items cannot be noted (${messageOf(error)}): it is tried again`)
      this.#unsettled.push(() => this.#disk?.settle(destination, key, settlement))
    }
  }

  /** Notes count on what was committed before them: while some of that is in memory alone, nothing is noted. */
  async note(source: string, notes: Parameters<Outbox['note']>[1]): Promise<void> {
    if (this.#spilled.length === 0) await this.small((outbox) => outbox.note(source, notes))
  }

  mark(): Mark {
    return { disk: this.#disk?.mark() ?? 0, memory: this.#memory?.mark() ?? 0, homecomings: this.#homecomings }
  }

  waits(destination: string, { disk, memory, homecomings }: Mark): boolean {
    this.#settleLate()
    // What was in memory then has other numbers since it came home.
    const isHome = homecomings < this.#homecomings
    const upTo = isHome && memory > 0 ? Math.max(disk, this.#homeUpTo) : disk
    if (this.#disk?.waits(destination, upTo)) return true
    return !isHome && (this.#memory?.waits(destination, memory) ?? false)
  }

  standing(destination: string): Standing {
    const main = this.main.standing(destination)
    if (!this.#disk || !this.#memory) return main
    const { waiting, waitingBytes } = this.#memory.standing(destination)
    return { ...main, waiting: main.waiting + waiting, waitingBytes: main.waitingBytes + waitingBytes }
  }

  report(of: 'session' | 'all'): DestinationReport[] {
    const main = this.main.report(of)
    return this.#disk && this.#memory ? addUp(main, this.#memory.report(of)) : main
  }

  series(): SeriesRow[] {
    const main = this.main.series()
    return this.#disk && this.#memory ? mergeSeries(main, this.#memory.series()) : main
  }

  /** What memory still holds is brought to the disk, or else given up; says so in the account it gives. */
  async close(
    reasons: Readonly<Record<string, string>>,
  ): Promise<{ session: DestinationReport[]; all: DestinationReport[] }> {
    this.#triedAt = -Infinity
    await this.#bringHome()
    this.#settleLate()
    await this.#rescue()
    if (this.#unsettled.length > 0) {
      this.#tell('some items were delivered, which could not be noted in the outbox: they will be sent again')
    }
    if (this.#memory) {
      for (const { name } of this.#options.destinations) this.#memory.dropWaiting(name, reasons[name] ?? 'given up')
    }
    const account = { session: this.report('session'), all: this.report('all') }
    for (const outbox of [this.#memory, this.#disk]) {
      try {
        outbox?.close()
      } catch (error) {
        this.#tell(`the outbox did not close: ${messageOf(error)}`)
      }
    }
    return account
  }

  /** Somebody took the file away while it was used, which goes on unseen: what waits in it would be lost with the process. */
  async #rescue(): Promise<void> {
    const lost = this.#disk
    if (!lost || fileAt(this.#path!) === this.#file) return
    const names = this.#options.destinations.map(({ name }) => name)
    try {
      const found = await this.#openDiskAt(this.#path!)
      if (found.instanceId() === lost.instanceId()) return found.close()
      const request = { drafts: [], instruments: [], on: names, again: false, unbounded: true }
      const elsewhere = new Map(names.map((name) => [name, lost.handOver(name)]))
      found.takeOver([{ ...request, items: lost.waiting() }], elsewhere)
      this.#disk = found
      this.#tell(`the outbox ${this.#path} was deleted or moved while it was used: what waited in it waits there again`)
    } catch (error) {
      this.#tell(`the outbox ${this.#path} was deleted or moved while it was used (${messageOf(error)})`)
      for (const name of names) lost.dropWaiting(name, 'the outbox was deleted or moved while they waited')
    }
  }

  async #openDisk(): Promise<void> {
    const { paths } = this.#options
    const problems = [...this.#options.problems]
    for (const path of paths) {
      try {
        this.#disk = await this.#openDiskAt(path)
        this.#path = path
        this.#reserve = new Reserve(path)
        if (problems.length > 0) this.#tell(`${problems.join('; ')}; ${path} is used instead`)
        return
      } catch (error) {
        problems.push(`the outbox ${path} cannot be used (${messageOf(error)})`)
      }
    }
    if (problems.length > 0) {
      this.#tell(
        `${problems.join('; ')}: items wait in memory and are lost with the process; set EVALSPAN_OUTBOX to a folder`,
      )
    }
    this.#memory = await this.#openAt(':memory:')
  }

  async #openDiskAt(path: string): Promise<Outbox> {
    const outbox = await this.#openOrMakeRoom(path)
    this.#file = fileAt(path)
    return outbox
  }

  async #openOrMakeRoom(path: string): Promise<Outbox> {
    try {
      return await this.#openAt(path)
    } catch (error) {
      if (!isFull(error)) throw error
      Reserve.releaseOf(path)
      return await this.#openAt(path)
    }
  }

  async #openAt(path: string): Promise<Outbox> {
    const { destinations, paths, now } = this.#options
    // What a disk would hold may be more than memory can.
    const isSpill = path === ':memory:' && paths.length > 0
    const maxBytes = isSpill ? Math.min(this.#options.maxBytes, mostInMemory) : this.#options.maxBytes
    const database = await openDatabase(path, (message) => this.#tell(message))
    return new Outbox({ database, destinations, maxBytes, now })
  }

  /** Where the disk does not allow even that, what is in memory is sent all the same. */
  async #nextOnDisk(destination: string, want: Want): Promise<StoredBatch | undefined> {
    try {
      return await this.#onDisk((disk) => disk.next(destination, want))
    } catch (error) {
      if (!isStorageError(error)) throw error
      this.#once(`what is in the outbox cannot be sent for now (${messageOf(error)})`)
      return undefined
    }
  }

  /** Makes room on a full disk, and puts a damaged file aside. What is small may use up the reserve. */
  async #onDisk<T>(work: (disk: Outbox) => T, isSmall = true): Promise<T> {
    try {
      return work(this.#disk!)
    } catch (error) {
      if (isCorrupt(error)) await this.#replace(error)
      else if (!isFull(error)) throw error
      else {
        if (isSmall) this.#reserve?.release()
        this.#disk!.checkpoint()
      }
      return work(this.main)
    }
  }

  async #replace(cause: unknown): Promise<void> {
    let books: DestinationReport[] = []
    try {
      books = this.#disk!.report('session')
    } catch {
      // Damaged as well: the new books begin with nothing.
    }
    try {
      this.#disk!.close()
    } catch {
      // It is damaged.
    }
    this.#tell(
      setAside(this.#path!, this.#file, cause) ??
        `the outbox was damaged (${messageOf(cause)}): another process has set it aside and begun a new one`,
    )
    try {
      this.#disk = await this.#openDiskAt(this.#path!)
    } catch (error) {
      this.#tell(`no new outbox can be begun (${messageOf(error)}): items wait in memory and are lost with the process`)
      this.#disk = undefined
      this.#path = undefined
      this.#memory ??= await this.#openAt(':memory:')
    }
    // Numbers from the file before must not mean other items now.
    this.#disk?.numberFrom(this.#newest)
    this.main.adopt(books, 'the outbox was damaged while they waited')
  }

  /** Memory takes what the disk lacks and cannot be given. */
  async #spill(request: CommitRequest): Promise<CommitReply> {
    const { items, again } = request
    const verdicts = this.#verdicts(items)
    const taken: CommitRow[] = []
    const places = items.map((item, index) => {
      const verdict = verdicts[index]!
      const isLacking = verdict === 'fresh' || again || (verdict === 'superseded' && item.rule === 'latest')
      // What the disk has seen is measured already.
      return isLacking ? taken.push(verdict === 'fresh' ? item : { ...item, measurements: undefined }) - 1 : -1
    })
    this.#memory ??= await this.#openAt(':memory:')
    const own = { ...request, items: taken }
    const reply = this.#memory.commit(own)
    if (this.#disk) this.#spilled.push(own)
    return {
      ...reply,
      seqs: this.#isAllInMemory ? reply.seqs : items.map(() => 0),
      verdicts: verdicts.map((verdict, index) => (verdict === 'fresh' ? reply.verdicts[places[index]!]! : verdict)),
    }
  }

  #verdicts(items: readonly CommitRow[]): Verdict[] {
    try {
      if (this.#disk) return this.#disk.verdicts(items)
    } catch (error) {
      if (!isStorageError(error)) throw error
    }
    return items.map(() => 'fresh')
  }

  async #bringHome(): Promise<void> {
    const memory = this.#memory
    if (!this.#disk || !memory || memory.isSending() || performance.now() - this.#triedAt < retryMs) return
    this.#triedAt = performance.now()
    // Metrics are no items.
    const on = this.#options.destinations.filter(({ takes }) => takes.length > 0).map(({ name }) => name)
    const elsewhere = new Map(on.map((name) => [name, memory.handOver(name)]))
    // Memory knew of each destination whether it was on.
    const requests = this.#spilled.map((request) => ({ ...request, on, unbounded: true }))
    try {
      await this.#onDisk((disk) => disk.takeOver(requests, elsewhere), false)
    } catch (error) {
      if (!isStorageError(error)) throw error
      return
    }
    this.#homecomings += 1
    this.#homeUpTo = this.#disk.mark()
    memory.close()
    this.#memory = undefined
    this.#spilled = []
    this.#told.clear()
  }

  #settleLate(): void {
    while (this.#unsettled.length > 0) {
      try {
        this.#unsettled[0]!()
        this.#unsettled.shift()
      } catch (error) {
        if (!isStorageError(error)) throw error
        return
      }
    }
  }

  #once(message: string): void {
    const kind = message.slice(0, 20)
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#tell(message)
  }
}

/** The accounts of the same destinations in two places. */
function addUp(one: readonly DestinationReport[], other: readonly DestinationReport[]): DestinationReport[] {
  return one.map((report) => {
    const more = other.find(({ destination }) => destination === report.destination)
    if (!more) return report
    return {
      ...report,
      produced: report.produced + more.produced,
      delivered: report.delivered + more.delivered,
      waiting: report.waiting + more.waiting,
      rejected: report.rejected + more.rejected,
      dropped: report.dropped + more.dropped,
      drafts: report.drafts + more.drafts,
      superseded: report.superseded + more.superseded,
      reasons: [...report.reasons, ...more.reasons] satisfies Reason[],
    }
  })
}
