import type { DestinationReport } from '../report.ts'
import { messageOf } from '../../errors.ts'
import type { Destination } from './accounts.ts'
import { addUp } from './add-up.ts'
import type { CommitReply, CommitRequest } from './commit.ts'
import { isCorrupt, isFull, isStorageError } from './database.ts'
import { DiskOutbox } from './disk-outbox.ts'
import { LateSettlements } from './late-settlements.ts'
import { MemoryOutbox, type MemoryMark } from './memory-outbox.ts'
import type { Outbox } from './outbox.ts'
import type { Settlement, StoredBatch, Want } from './queue.ts'
import { mergeSeries, type SeriesRow } from './series.ts'
import type { Standing } from './standings.ts'

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
  readonly memory: MemoryMark
}

/** The outbox on disk, and one in memory for what the disk does not take. */
export class Storage {
  readonly #destinations: readonly Destination[]
  readonly #tell: (message: string) => void
  readonly #told = new Set<string>()
  readonly #disk: DiskOutbox
  readonly #memory: MemoryOutbox
  readonly #late = new LateSettlements()
  #instruments: CommitRequest['instruments'] = []

  private constructor(
    destinations: readonly Destination[],
    tell: (message: string) => void,
    disk: DiskOutbox,
    memory: MemoryOutbox,
  ) {
    this.#destinations = destinations
    this.#tell = tell
    this.#disk = disk
    this.#memory = memory
  }

  /** Never rejects for a disk: then all is kept in memory, and `tell` says so. */
  static async open(
    { paths, problems, destinations, maxBytes, now }: StorageOptions,
    tell: (message: string) => void,
  ): Promise<Storage> {
    const settings = { destinations, maxBytes, now }
    const disk = await DiskOutbox.open({ paths, problems, settings }, tell)
    const memory = new MemoryOutbox({ settings, isAll: paths.length === 0 }, tell)
    if (!disk.outbox) await memory.open()
    return new Storage(destinations, tell, disk, memory)
  }

  /** The file; undefined when all is in memory. */
  path(): string | undefined {
    return this.#disk.path
  }

  /** The outbox that is asked what one of the two must know. */
  get main(): Outbox {
    return this.#disk.outbox ?? this.#memory.outbox!
  }

  async commit(request: CommitRequest): Promise<CommitReply> {
    this.#instruments = [...this.#instruments, ...request.instruments]
    await this.#bringHome()
    const whole = { ...request, instruments: this.#instruments }
    if (this.#disk.outbox) {
      try {
        const reply = await this.#onDisk((disk) => disk.commit(whole), false)
        this.#disk.numbered(reply.seqs)
        return reply
      } catch (error) {
        if (!isStorageError(error)) throw error
        this.#once(`the outbox cannot be written (${messageOf(error)}): items wait in memory until it can`)
      }
    }
    return await this.#memory.commit(whole, this.#disk.outbox)
  }

  async next(destination: string, want: Want): Promise<SpillableBatch | undefined> {
    this.#late.noteIn(this.#disk.outbox)
    const stored = this.#disk.outbox && (await this.#nextOnDisk(destination, want))
    if (stored) return { ...stored, inMemory: false }
    const held = this.#memory.next(destination, want, this.#disk.outbox)
    return held && { ...held, inMemory: true }
  }

  /** Something small that only the main outbox knows. */
  async small<T>(work: (outbox: Outbox) => T): Promise<T> {
    return this.#disk.outbox ? await this.#onDisk(work) : work(this.main)
  }

  async settle(destination: string, { key, inMemory }: SpillableKey, settlement: Settlement): Promise<void> {
    if (inMemory) return this.#memory.outbox?.settle(destination, key, settlement)
    try {
      await this.#onDisk((disk) => disk.settle(destination, key, settlement))
    } catch (error) {
      if (!isStorageError(error)) throw error
      this.#once(`what became of items cannot be noted (${messageOf(error)}): it is tried again`)
      this.#late.add({ destination, key, settlement })
    }
  }

  /** Notes count on what was committed before them: while some of that is in memory alone, nothing is noted. */
  async note(source: string, notes: Parameters<Outbox['note']>[1]): Promise<void> {
    if (!this.#memory.hasSpilled) await this.small((outbox) => outbox.note(source, notes))
  }

  mark(): Mark {
    return { disk: this.#disk.outbox?.mark() ?? 0, memory: this.#memory.mark() }
  }

  waits(destination: string, { disk, memory }: Mark): boolean {
    this.#late.noteIn(this.#disk.outbox)
    // What was in memory then has other numbers since it came home.
    const homeUpTo = this.#memory.homeUpTo(memory)
    if (this.#disk.outbox?.waits(destination, Math.max(disk, homeUpTo ?? 0))) return true
    return homeUpTo === undefined && (this.#memory.outbox?.waits(destination, memory.seq) ?? false)
  }

  standing(destination: string): Standing {
    const main = this.main.standing(destination)
    const spill = this.#spill
    if (!spill) return main
    const { waiting, waitingBytes } = spill.standing(destination)
    return { ...main, waiting: main.waiting + waiting, waitingBytes: main.waitingBytes + waitingBytes }
  }

  report(of: 'session' | 'all'): DestinationReport[] {
    const main = this.main.report(of)
    const spill = this.#spill
    return spill ? addUp(main, spill.report(of)) : main
  }

  series(): SeriesRow[] {
    const main = this.main.series()
    const spill = this.#spill
    return spill ? mergeSeries(main, spill.series()) : main
  }

  /** What memory still holds is brought to the disk, or else given up; says so in the account it gives. */
  async close(
    reasons: Readonly<Record<string, string>>,
  ): Promise<{ session: DestinationReport[]; all: DestinationReport[] }> {
    await this.#bringHome({ atOnce: true })
    this.#late.noteIn(this.#disk.outbox)
    await this.#disk.rescue()
    if (!this.#late.isEmpty) {
      this.#tell('some items were delivered, which could not be noted in the outbox: they will be sent again')
    }
    for (const { name } of this.#destinations) {
      this.#memory.outbox?.dropWaiting(name, reasons[name] ?? 'given up')
    }
    const account = { session: this.report('session'), all: this.report('all') }
    for (const outbox of [this.#memory.outbox, this.#disk.outbox]) {
      try {
        outbox?.close()
      } catch (error) {
        this.#tell(`the outbox did not close: ${messageOf(error)}`)
      }
    }
    return account
  }

  /** What is in memory beside the disk. */
  get #spill(): Outbox | undefined {
    return this.#disk.outbox && this.#memory.outbox
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
      return work(this.#disk.outbox!)
    } catch (error) {
      if (isCorrupt(error)) await this.#replace(error)
      else if (!isFull(error)) throw error
      else this.#disk.makeRoom(isSmall)
      return work(this.main)
    }
  }

  async #replace(cause: unknown): Promise<void> {
    const books = await this.#disk.replace(cause)
    if (!this.#disk.outbox) await this.#memory.open()
    this.main.adopt(books, 'the outbox was damaged while they waited')
  }

  async #bringHome({ atOnce } = { atOnce: false }): Promise<void> {
    const spilled = this.#disk.outbox && this.#memory.spilled({ atOnce })
    if (!spilled) return
    try {
      await this.#onDisk((disk) => disk.takeOver(spilled.requests, spilled.elsewhere), false)
    } catch (error) {
      if (!isStorageError(error)) throw error
      return
    }
    this.#memory.cameHome(this.#disk.outbox.mark())
    this.#told.clear()
  }

  #once(message: string): void {
    const kind = message.slice(0, 20)
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    this.#tell(message)
  }
}
