import type { DestinationReport } from '../report.ts'
import { messageOf } from '../../errors.ts'
import { fileAt, isFull, setAside } from './database.ts'
import { openOutbox, type OutboxSettings } from './open-outbox.ts'
import type { Outbox } from './outbox.ts'
import { Reserve } from './reserve.ts'

export interface DiskOptions {
  /** The database files that may be used, the first that works is. */
  readonly paths: readonly string[]
  /** Why the folder that was meant is not among them. */
  readonly problems: readonly string[]
  readonly settings: OutboxSettings
}

/** The outbox on disk, with a reserve for when the disk is full; a new one takes the place of a file that is damaged or gone. */
export class DiskOutbox {
  readonly #settings: OutboxSettings
  readonly #tell: (message: string) => void
  #path: string | undefined
  #outbox: Outbox | undefined
  #reserve: Reserve | undefined
  /** Which file the outbox is in. */
  #file: number | undefined
  /** The largest number that an item got. */
  #newest = 0

  private constructor(settings: OutboxSettings, tell: (message: string) => void) {
    this.#settings = settings
    this.#tell = tell
  }

  /** Never rejects for a disk: then there is none, and `tell` says so. */
  static async open({ paths, problems, settings }: DiskOptions, tell: (message: string) => void): Promise<DiskOutbox> {
    const disk = new DiskOutbox(settings, tell)
    await disk.#openFirst(paths, problems)
    return disk
  }

  /** Undefined: no file can be used. */
  get outbox(): Outbox | undefined {
    return this.#outbox
  }

  get path(): string | undefined {
    return this.#path
  }

  /** Items have got these numbers. */
  numbered(seqs: readonly number[]): void {
    for (const seq of seqs) this.#newest = Math.max(this.#newest, seq)
  }

  /** On a full disk. What is small may use up the reserve. */
  makeRoom(isSmall: boolean): void {
    if (isSmall) this.#reserve?.release()
    this.#outbox!.checkpoint()
  }

  /** Puts a damaged file aside and begins a new one, if that can be. Gives the books of the session, as far as they can be read. */
  async replace(cause: unknown): Promise<DestinationReport[]> {
    let books: DestinationReport[] = []
    try {
      books = this.#outbox!.report('session')
    } catch {
      // Damaged as well: the new books begin with nothing.
    }
    try {
      this.#outbox!.close()
    } catch {
      // It is damaged.
    }
    this.#tell(
      setAside(this.#path!, this.#file, cause) ??
        `the outbox was damaged (${messageOf(cause)}): another process has set it aside and begun a new one`,
    )
    try {
      this.#outbox = await this.#openAt(this.#path!)
    } catch (error) {
      this.#tell(`no new outbox can be begun (${messageOf(error)}): items wait in memory and are lost with the process`)
      this.#outbox = undefined
      this.#path = undefined
    }
    // Numbers from the file before must not mean other items now.
    this.#outbox?.numberFrom(this.#newest)
    return books
  }

  /** Somebody took the file away while it was used, which goes on unseen: what waits in it would be lost with the process. */
  async rescue(): Promise<void> {
    const lost = this.#outbox
    if (!lost || fileAt(this.#path!) === this.#file) return
    const names = this.#settings.destinations.map(({ name }) => name)
    try {
      const found = await this.#openAt(this.#path!)
      if (found.instanceId() === lost.instanceId()) return found.close()
      const request = { drafts: [], instruments: [], on: names, again: false, unbounded: true }
      const elsewhere = new Map(names.map((name) => [name, lost.handOver(name)]))
      found.takeOver([{ ...request, items: lost.waiting() }], elsewhere)
      this.#outbox = found
      this.#tell(`the outbox ${this.#path} was deleted or moved while it was used: what waited in it waits there again`)
    } catch (error) {
      this.#tell(`the outbox ${this.#path} was deleted or moved while it was used (${messageOf(error)})`)
      for (const name of names) lost.dropWaiting(name, 'the outbox was deleted or moved while they waited')
    }
  }

  async #openFirst(paths: readonly string[], before: readonly string[]): Promise<void> {
    const problems = [...before]
    for (const path of paths) {
      try {
        this.#outbox = await this.#openAt(path)
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
  }

  async #openAt(path: string): Promise<Outbox> {
    const outbox = await this.#openOrMakeRoom(path)
    this.#file = fileAt(path)
    return outbox
  }

  async #openOrMakeRoom(path: string): Promise<Outbox> {
    try {
      return await openOutbox(path, this.#settings, this.#tell)
    } catch (error) {
      if (!isFull(error)) throw error
      Reserve.releaseOf(path)
      return await openOutbox(path, this.#settings, this.#tell)
    }
  }
}
