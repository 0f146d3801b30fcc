import type { Item, ObjectState } from '../../../src/delivery/item.ts'
import type { Destination } from '../../../src/delivery/outbox/accounts.ts'
import type { DestinationReport, Reason } from '../../../src/delivery/report.ts'
import { sizeText } from '../../../src/delivery/size-text.ts'
import { time } from './open-outbox.ts'

interface Entry {
  readonly seq: number
  readonly key: string
  readonly object: string
  readonly name: string
  readonly size: number
  readonly session: number
  reason: string
}

interface Books {
  produced: number
  delivered: number
  rejected: number
  dropped: number
  readonly reasons: Map<string, { count: number; names: string[] }>
}

interface Line {
  readonly destination: Destination
  pending: Entry[]
  parked: Entry[]
  /** Objects in somebody's hands, and whose. */
  readonly leases: Map<string, number>
  readonly states: Map<string, object>
  readonly books: Map<number, Books>
  everDelivered: boolean
}

export interface ModelBatch {
  readonly session: number
  readonly destination: string
  readonly entries: readonly Entry[]
  readonly objects: readonly string[]
  readonly state: object
}

export type Outcome =
  | {
      readonly status: 'delivered'
      readonly rejected: number
      readonly reason: string
      readonly state?: ObjectState | undefined
    }
  | { readonly status: 'parked'; readonly reason: string }
  | { readonly status: 'returned' }

/** What an outbox is meant to do, in the simplest words; to be compared with what it does. */
export class Model {
  readonly #lines: ReadonlyMap<string, Line>
  readonly #seen = new Map<string, { digest: string; filed: Set<string> }>()
  readonly #superseded = new Map<string, string>()
  readonly #maxBytes: number
  #seq = 0

  constructor(destinations: readonly Destination[], maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#lines = new Map(
      destinations.map((destination) => [
        destination.name,
        {
          destination,
          pending: [],
          parked: [],
          leases: new Map(),
          states: new Map(),
          books: new Map(),
          everDelivered: false,
        },
      ]),
    )
  }

  commit(session: number, items: readonly Item[], on: readonly string[], again: boolean): string[] {
    return items.map((item) => this.#take(session, item, on, again))
  }

  #take(session: number, item: Item, on: readonly string[], again: boolean): string {
    const { object, id, kind, digest, size, rule } = item
    const key = `${object}/${id}`
    const seen = this.#seen.get(key)
    const verdict = !seen ? 'fresh' : seen.digest === digest ? 'known' : 'superseded'
    const isNews = verdict === 'fresh' || again || (verdict === 'superseded' && rule === 'latest')
    const filed = new Set(isNews && !again ? [] : seen?.filed)
    const name = `${(JSON.parse(item.json) as { name: string }).name} (${id})`
    let seq: number | undefined
    for (const destination of on) {
      const line = this.#line(destination)
      if (!line.destination.takes.includes(kind) || (filed.has(destination) && !again)) continue
      const books = this.#books(line, session)
      books.produced += 1
      const waiting = bytesOf(line.pending)
      if (waiting > 0 && waiting + size > this.#maxBytes) {
        books.dropped += 1
        note(books, 'dropped', `more than ${sizeText(this.#maxBytes)} were waiting (EVALSPAN_OUTBOX_MAX_BYTES)`, name)
        continue
      }
      seq ??= this.#seq += 1
      line.pending.push({ seq, key, object, name, size, session, reason: '' })
      filed.add(destination)
    }
    if (isNews && verdict === 'superseded' && seq !== undefined) this.#superseded.delete(key)
    if (isNews || seq !== undefined) this.#seen.set(key, { digest: isNews ? digest : seen!.digest, filed })
    else if (verdict === 'superseded') this.#superseded.set(key, kind)
    return verdict
  }

  next(session: number, destination: string, most: { items: number; bytes: number }): ModelBatch | undefined {
    const line = this.#line(destination)
    let free = line.pending.filter(({ object }) => !line.leases.has(object)).toSorted(bySeq)
    const { grouped } = line.destination
    if (grouped) free = free.filter(({ object }) => object === free[0]!.object)
    const entries: Entry[] = []
    for (const entry of free) {
      const isFull = entries.length >= most.items || bytesOf(entries) + entry.size > most.bytes
      if (entries.length > 0 && isFull) break
      entries.push(entry)
    }
    if (entries.length === 0) return undefined
    const objects = [...new Set(entries.map(({ object }) => object))]
    for (const object of objects) line.leases.set(object, session)
    const state = grouped ? (line.states.get(objects[0]!) ?? {}) : {}
    return { session, destination, entries, objects, state }
  }

  settle({ session, destination, entries, objects }: ModelBatch, outcome: Outcome): void {
    const line = this.#line(destination)
    const left = outcome.status === 'returned' ? [] : entries.filter((entry) => line.pending.includes(entry))
    line.pending = line.pending.filter((entry) => !left.includes(entry))
    for (const [index, entry] of left.entries()) {
      const books = this.#books(line, entry.session)
      if (outcome.status === 'delivered' && index >= outcome.rejected) {
        books.delivered += 1
        line.everDelivered = true
        continue
      }
      books.rejected += 1
      entry.reason = (outcome as { reason: string }).reason
      note(books, 'rejected', entry.reason, outcome.status === 'parked' ? entry.name : undefined)
      if (outcome.status === 'parked') line.parked.push(entry)
    }
    if (outcome.status === 'parked') this.#boundParked(line)
    if (outcome.status === 'delivered' && outcome.state) {
      line.states.set(objects[0]!, { ...line.states.get(objects[0]!), ...outcome.state })
    }
    for (const object of objects) if (line.leases.get(object) === session) line.leases.delete(object)
  }

  retry(destination: string): number {
    const line = this.#line(destination)
    const { parked } = line
    line.parked = []
    for (const entry of parked) this.#unreject(line, entry)
    line.pending.push(...parked)
    return parked.length
  }

  dropParked(destination: string, reason: string): number {
    const line = this.#line(destination)
    const { parked } = line
    line.parked = []
    for (const entry of parked) this.#unreject(line, entry)
    this.#drop(line, parked, reason)
    return parked.length
  }

  dropWaiting(destination: string, reason: string): number {
    const line = this.#line(destination)
    const dropped = line.pending.filter(({ object }) => !line.leases.has(object))
    line.pending = line.pending.filter((entry) => !dropped.includes(entry))
    this.#drop(line, dropped, reason)
    for (const { key } of dropped) this.#seen.get(key)!.filed.delete(destination)
    return dropped.length
  }

  disown(destination: string): number {
    const line = this.#line(destination)
    const { pending } = line
    line.pending = []
    for (const { session, key } of pending) {
      this.#books(line, session).produced -= 1
      this.#seen.get(key)!.filed.delete(destination)
    }
    return pending.length
  }

  /** The session is over: what it held is free. */
  close(session: number): void {
    for (const { leases } of this.#lines.values()) {
      for (const [object, holder] of leases) if (holder === session) leases.delete(object)
    }
  }

  report(session?: number): DestinationReport[] {
    return Array.from(this.#lines.values(), (line) => this.#report(line, session))
  }

  #report(line: Line, session: number | undefined): DestinationReport {
    const { sink, name, takes } = line.destination
    const books = [...line.books].filter(([of]) => session === undefined || of === session).map(([, each]) => each)
    const sum = (of: (each: Books) => number): number => books.reduce((total, each) => total + of(each), 0)
    const waiting = line.pending.filter((entry) => session === undefined || entry.session === session).length
    return {
      sink,
      destination: name,
      address: undefined,
      produced: sum((each) => each.produced),
      delivered: sum((each) => each.delivered),
      waiting,
      rejected: sum((each) => each.rejected),
      dropped: sum((each) => each.dropped),
      drafts: 0,
      superseded: [...this.#superseded.values()].filter((kind) => (takes as string[]).includes(kind)).length,
      oldest: line.pending.length > 0 ? new Date(time).toISOString() : undefined,
      lastDelivered: line.everDelivered ? new Date(time).toISOString() : undefined,
      lastError: undefined,
      reasons: reasonsOf(books),
    }
  }

  /** Nobody looks after them, perhaps: they must not fill the disk. */
  #boundParked(line: Line): void {
    const mostBytes = this.#maxBytes / 4
    const order = line.parked.toSorted((one, other) => bySeq(other, one))
    const kept = order.filter((_, index) => bytesOf(order.slice(0, index + 1)) <= mostBytes)
    const over = line.parked.filter((entry) => !kept.includes(entry))
    line.parked = kept
    for (const entry of over) this.#unreject(line, entry)
    this.#drop(line, over, `more than ${sizeText(mostBytes)} of refused items were kept`)
  }

  #unreject(line: Line, { session, reason }: Entry): void {
    const books = this.#books(line, session)
    books.rejected -= 1
    const noted = books.reasons.get(`rejected ${reason}`)!
    noted.count -= 1
    if (noted.count === 0) books.reasons.delete(`rejected ${reason}`)
  }

  #drop(line: Line, entries: readonly Entry[], reason: string): void {
    for (const { session, name } of entries.toSorted(bySeq)) {
      const books = this.#books(line, session)
      books.dropped += 1
      note(books, 'dropped', reason, name)
    }
  }

  #line(destination: string): Line {
    return this.#lines.get(destination)!
  }

  #books({ books }: Line, session: number): Books {
    let own = books.get(session)
    if (!own) books.set(session, (own = { produced: 0, delivered: 0, rejected: 0, dropped: 0, reasons: new Map() }))
    return own
  }
}

function note({ reasons }: Books, outcome: string, reason: string, name: string | undefined): void {
  const noted = reasons.get(`${outcome} ${reason}`) ?? { count: 0, names: [] }
  noted.count += 1
  if (name !== undefined) noted.names.push(name)
  reasons.set(`${outcome} ${reason}`, noted)
}

function reasonsOf(books: readonly Books[]): Reason[] {
  const counts = new Map<string, number>()
  for (const { reasons } of books) {
    for (const [key, { count }] of reasons) counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return [...counts].map(([key, count]) => {
    const [outcome] = key.split(' ', 1) as [Reason['outcome']]
    return { outcome, reason: key.slice(outcome.length + 1), count, names: [] }
  })
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((bytes, { size }) => bytes + size, 0)
}

function bySeq(one: Entry, other: Entry): number {
  return one.seq - other.seq
}
