import type { Instrument, ItemKind, Subject } from '../item.ts'
import { nameOf } from '../item-name.ts'
import { sealedDigest } from '../sealed-digest.ts'
import { sizeText } from '../size-text.ts'
import type { Accounts, OpenDestination } from './accounts.ts'
import type { DraftRow, Drafts } from './drafts.ts'
import { shortened, type Objects, type StoredObject } from './objects.ts'
import type { MeasurementRow, Series } from './series.ts'
import type { Sql } from './sql.ts'
import type { Subjects } from './subjects.ts'

/** An item on its way into the outbox; its time is milliseconds since 1970. */
export interface CommitRow {
  readonly object: string
  readonly id: string
  readonly kind: ItemKind
  readonly time: number
  readonly digest: string
  readonly size: number
  readonly rule: 'once' | 'latest'
  readonly json: string
  /** As JSON text, since only those of fresh items are read. */
  readonly measurements?: string | undefined
  readonly subject?: Subject | undefined
}

export interface CommitRequest {
  readonly items: readonly CommitRow[]
  readonly drafts: readonly DraftRow[]
  /** Instruments that measurements name for the first time in this process. */
  readonly instruments: readonly Instrument[]
  /** Names of the destinations that are on. */
  readonly on: readonly string[]
  /** File also what a destination has had. */
  readonly again: boolean
  /** There is room for it in any case. */
  readonly unbounded?: boolean | undefined
}

const sealed = shortened(sealedDigest)

export type Verdict = 'fresh' | 'known' | 'superseded'

/** What a commit filed for one destination, and what it had no room for. */
export interface Filed {
  readonly destination: string
  readonly count: number
  readonly bytes: number
  readonly refused: number
}

/** Items that were known and are filed for nobody now. */
export interface Before {
  /** Those that had been delivered before. */
  readonly count: number
  /** When the last of them was, in milliseconds since 1970. */
  readonly latest: number
  /** Those that waited, or were not delivered for good. */
  readonly undelivered: number
}

export interface CommitReply {
  /** For each item. */
  readonly verdicts: readonly Verdict[]
  /** For each item the number under which it was stored; 0 where nobody needs it. */
  readonly seqs: readonly number[]
  readonly filed: readonly Filed[]
  readonly before: Before
}

export interface CommitParts {
  readonly sql: Sql
  readonly objects: Objects
  readonly accounts: Accounts
  readonly series: Series
  readonly drafts: Drafts
  readonly subjects: Subjects
  readonly session: number
  /** Most bytes that may wait for one destination. */
  readonly maxBytes: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** One commit, within a transaction. */
export class Commit {
  readonly #parts: CommitParts
  readonly #request: CommitRequest
  readonly #shares: readonly Share[]
  readonly #touched = new Map<string, Touched>()
  readonly #seqs: number[] = []
  #before: Before = { count: 0, latest: 0, undelivered: 0 }

  constructor(parts: CommitParts, request: CommitRequest) {
    this.#parts = parts
    this.#request = request
    this.#shares = request.on.map((name) => new Share(parts.accounts.open(name), parts, request.unbounded))
  }

  run(): CommitReply {
    const { series, session } = this.#parts
    const verdicts = this.#request.items.map((row) => this.#take(row))
    for (const draft of this.#request.drafts) this.#draft(draft)
    for (const touched of this.#touched.values()) this.#write(touched)
    series.write()
    const filed = this.#shares.flatMap((share) => share.close(session) ?? [])
    return { verdicts, seqs: this.#seqs, filed, before: this.#before }
  }

  #take(row: CommitRow): Verdict {
    const { objects, series, drafts } = this.#parts
    const touched = this.#open(row.object)
    const { object } = touched
    const [item, digest] = [shortened(row.id), shortened(row.digest)]
    const seen = object.seen.get(item)
    const verdict = !seen ? 'fresh' : seen.digest === digest ? 'known' : 'superseded'
    const { again } = this.#request
    // What stood for it until now was not measured.
    const isEnd = verdict === 'superseded' && seen!.digest === sealed
    const isNews = verdict === 'fresh' || again || (verdict === 'superseded' && row.rule === 'latest')
    const filed = new Set(isNews && !again ? [] : seen?.filed)
    let seq: number | undefined
    for (const share of this.#shares) {
      if (!share.takes(row.kind) || (filed.has(share.destination.id) && !again)) continue
      if (!share.hasRoom(row.size)) share.refuse(row)
      else {
        seq ??= this.#store(row, object.id)
        share.file(seq, row.size, object.id)
        filed.add(share.destination.id)
      }
    }
    if (verdict === 'fresh' || isEnd) {
      for (const each of JSON.parse(row.measurements ?? '[]') as MeasurementRow[]) series.add(each)
      touched.last = Math.max(touched.last, row.time)
    }
    if (isNews && verdict === 'superseded' && seq !== undefined) {
      this.#parts.sql.run('DELETE FROM superseded WHERE object = ? AND id = ?', object.id, row.id)
    }
    if (isNews || isEnd || seq !== undefined) objects.note(object, item, isNews || isEnd ? digest : seen!.digest, filed)
    if (!isNews && seq === undefined) {
      if (verdict === 'superseded') this.#supersede(row, object.id)
      else this.#countBefore(row, object)
    }
    if (row.kind === 'span' && touched.drafts.delete(row.id)) drafts.complete(object.id, row.id)
    touched.subject ??= row.subject
    this.#seqs.push(seq ?? 0)
    return verdict
  }

  /** A copy for all destinations that need it. */
  #store({ id, kind, time, digest, rule, json }: CommitRow, object: number): number {
    return this.#parts.sql.insert(
      'INSERT INTO item (object, id, kind, time, digest, rule, at, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      object,
      id,
      kind,
      time,
      digest,
      rule,
      this.#parts.now,
      json,
    )
  }

  #supersede(row: CommitRow, object: number): void {
    const { id, kind, digest } = row
    const values = [object, id, kind, digest, nameOf(row)]
    this.#parts.sql.run('INSERT OR REPLACE INTO superseded VALUES (?, ?, ?, ?, ?)', ...values)
  }

  #countBefore({ kind }: CommitRow, object: StoredObject): void {
    const shares = this.#shares.filter((share) => share.takes(kind))
    if (shares.length === 0) return
    // As it was when it was met first: what waits of it later may be news.
    const at = object.deliveredAt.get(kind) ?? this.#deliveredAt(object.id, shares)
    object.deliveredAt.set(kind, at)
    const { count, latest, undelivered } = this.#before
    this.#before =
      at === 0
        ? { count, latest, undelivered: undelivered + 1 }
        : { count: count + 1, latest: Math.max(latest, at), undelivered }
  }

  /** 0 when something of it still waits, or never got anywhere. */
  #deliveredAt(object: number, shares: readonly Share[]): number {
    const times = shares.flatMap(({ destination }) => {
      const row = this.#parts.sql.get<{ at: number | null; left: number }>(
        `SELECT at, filed - delivered - rejected - dropped AS left FROM ledger WHERE destination = ? AND object = ?`,
        destination.id,
        object,
      )
      return row ? [row.left > 0 ? 0 : (row.at ?? 0)] : []
    })
    return times.includes(0) ? 0 : Math.max(0, ...times)
  }

  #draft(draft: DraftRow): void {
    const { drafts, session } = this.#parts
    const touched = this.#open(draft.object)
    // The record that ends it may have come first, in an earlier process.
    if (!touched.object.seen.has(shortened(draft.id))) drafts.put(touched.object.id, session, draft)
    touched.subject ??= draft.subject
  }

  #open(name: string): Touched {
    let touched = this.#touched.get(name)
    if (!touched) {
      const object = this.#parts.objects.open(name)
      touched = { object, drafts: this.#parts.drafts.of(object.id), last: 0, subject: undefined }
      this.#touched.set(name, touched)
    }
    return touched
  }

  #write({ object, last, subject }: Touched): void {
    const { objects, subjects, sql, now } = this.#parts
    objects.write(object, subject !== undefined)
    if (last > 0) sql.run('UPDATE object SET last = MAX(?, COALESCE(last, 0)) WHERE id = ?', last, object.id)
    if (subject) subjects.put(object.id, subject, now)
    for (const share of this.#shares) share.ledger(object.id)
  }
}

interface Touched {
  readonly object: StoredObject
  readonly drafts: Set<string>
  /** When the last of its items ended, in milliseconds since 1970. */
  last: number
  subject: Subject | undefined
}

/** What of a commit is filed for one destination. */
class Share {
  readonly destination: OpenDestination
  readonly #parts: CommitParts
  readonly #kinds: ReadonlySet<ItemKind>
  readonly #mostBytes: number
  readonly #byObject = new Map<number, number>()
  readonly #refused: CommitRow[] = []
  #waiting: number
  #count = 0
  #bytes = 0

  constructor(destination: OpenDestination, parts: CommitParts, unbounded: boolean = false) {
    this.destination = destination
    this.#parts = parts
    this.#mostBytes = unbounded ? Infinity : parts.maxBytes
    this.#kinds = new Set(destination.takes)
    this.#waiting = parts.accounts.waiting(destination.id).bytes
  }

  takes(kind: ItemKind): boolean {
    return this.#kinds.has(kind)
  }

  /** An item larger than the bound is taken all the same when nothing else waits. */
  hasRoom(size: number): boolean {
    const bytes = this.#waiting + this.#bytes
    return bytes === 0 || bytes + size <= this.#mostBytes
  }

  file(seq: number, size: number, object: number): void {
    const { sql, session } = this.#parts
    const { id, grouped } = this.destination
    sql.run('INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?)', id, seq, object, session, size, Number(grouped))
    this.#byObject.set(object, (this.#byObject.get(object) ?? 0) + 1)
    this.#count += 1
    this.#bytes += size
  }

  refuse(row: CommitRow): void {
    this.#refused.push(row)
  }

  ledger(object: number): void {
    const count = this.#byObject.get(object) ?? 0
    if (count === 0) return
    this.#parts.sql.run(
      `INSERT INTO ledger (destination, object, filed) VALUES (?, ?, ?)
       ON CONFLICT (destination, object) DO UPDATE SET filed = filed + excluded.filed`,
      this.destination.id,
      object,
      count,
    )
  }

  close(session: number): Filed | undefined {
    const { accounts, maxBytes } = this.#parts
    const { id, name: destination } = this.destination
    if (this.#count > 0) accounts.file(id, session, this.#count, this.#bytes)
    if (this.#refused.length > 0) {
      const reason = `more than ${sizeText(maxBytes)} were waiting (EVALSPAN_OUTBOX_MAX_BYTES)`
      const names = this.#refused.slice(0, 5).map((row) => nameOf(row))
      accounts.refuse(id, session, reason, names, this.#refused.length)
    }
    if (this.#count === 0 && this.#refused.length === 0) return undefined
    return { destination, count: this.#count, bytes: this.#bytes, refused: this.#refused.length }
  }
}
