import type { DatabaseSync } from 'node:sqlite'
import type { ObjectState } from '../item.ts'
import type { DestinationReport } from '../report.ts'
import { Accounts, type Destination } from './accounts.ts'
import {
  Commit,
  type CommitParts,
  type CommitReply,
  type CommitRequest,
  type CommitRow,
  type Verdict,
} from './commit.ts'
import { Drafts, type LostDraft } from './drafts.ts'
import { Leftovers } from './leftovers.ts'
import { Meta } from './meta.ts'
import { Notes, type Note } from './notes.ts'
import { Objects, shortened } from './objects.ts'
import { pushReports, Pushes, type Push } from './pushes.ts'
import { Queue, type BatchKey, type Settlement, type StoredBatch, type Want } from './queue.ts'
import { Rows } from './rows.ts'
import { Series, type SeriesRow } from './series.ts'
import { Sessions } from './sessions.ts'
import { Sql } from './sql.ts'
import { Subjects } from './subjects.ts'
import { sizeText } from '../size-text.ts'
import { takeOver, type Elsewhere } from './take-over.ts'

export interface OutboxOptions {
  readonly database: DatabaseSync
  readonly destinations: readonly Destination[]
  /** Most bytes that may wait for one destination. */
  readonly maxBytes: number
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** Milliseconds that only go forward, the same for all processes of the machine. */
  readonly monotonic?: (() => number) | undefined
}

/** How a destination fared lately, in whatever process. */
export interface Standing {
  readonly waiting: number
  readonly waitingBytes: number
  /** Failures in a row. */
  readonly failures: number
  /** Not before then, in milliseconds since 1970. */
  readonly retryAt: number
  readonly everDelivered: boolean
}

/** A series that nothing was added to for so long is taken to be over. */
const retireMs = 30 * 86_400_000

/**
 * What was seen, what waits and what is measured, in a database that several processes may share. Each method is one
 * transaction; one that throws has changed nothing.
 */
export class Outbox {
  readonly #sql: Sql
  readonly #maxBytes: number
  readonly #now: () => number
  readonly #instanceId: string
  readonly #begun: number
  readonly #session: number
  readonly #objects: Objects
  readonly #accounts: Accounts
  readonly #sessions: Sessions
  readonly #queue: Queue
  readonly #leftovers: Leftovers
  readonly #series: Series
  readonly #drafts: Drafts
  readonly #subjects: Subjects
  readonly #notes: Notes
  readonly #pushes: Pushes
  #version: unknown

  constructor({ database, destinations, maxBytes, now = Date.now, monotonic = machineTime }: OutboxOptions) {
    const sql = (this.#sql = new Sql(database))
    this.#maxBytes = maxBytes
    this.#now = now
    this.#objects = new Objects(sql)
    const accounts = (this.#accounts = new Accounts(sql))
    const sessions = (this.#sessions = new Sessions(sql))
    const rows = new Rows(sql, accounts)
    this.#series = new Series(sql, now)
    this.#drafts = new Drafts(sql)
    this.#subjects = new Subjects(sql)
    this.#notes = new Notes(sql)
    const { session, instanceId, begun } = sql.write(() => this.#begin(destinations))
    this.#session = session
    this.#instanceId = instanceId
    this.#begun = begun
    this.#queue = new Queue({ sql, accounts, sessions, rows, session, now, monotonic })
    this.#pushes = new Pushes({ sql, sessions, queue: this.#queue, session, now, monotonic })
    this.#leftovers = new Leftovers({ sql, accounts, rows, unfile: (id, items) => this.#objects.unfile(id, items) })
  }

  /** Tells the series of this outbox from those of others. */
  instanceId(): string {
    return this.#instanceId
  }

  /** When it was begun, in milliseconds since 1970. */
  begun(): number {
    return this.#begun
  }

  /**
   * Sorts items into never seen, known and superseded, files for each destination what it lacks, and folds the
   * measurements of the fresh ones into the metrics.
   */
  commit(request: CommitRequest): CommitReply {
    this.#series.register(request.instruments)
    return this.#write(() => new Commit(this.#commitParts(), request).run())
  }

  /** What a commit would say of items; reads alone. */
  verdicts(items: readonly CommitRow[]): Verdict[] {
    this.#forgetIfStale()
    return items.map(({ object, id, digest }) => {
      const seen = this.#objects.seen(object, shortened(id))
      if (!seen) return 'fresh'
      return seen.digest === shortened(digest) ? 'known' : 'superseded'
    })
  }

  /** The state of an object at a destination. */
  state(destination: string, object: string): ObjectState {
    const id = this.#objects.find(object)
    return id === undefined ? {} : this.#queue.state(this.#accounts.open(destination).id, id)
  }

  next(destination: string, want: Want): StoredBatch | undefined {
    const open = this.#accounts.open(destination)
    if (!this.#queue.waits(open.id, Number.MAX_SAFE_INTEGER)) return undefined
    const batch = this.#write(() => this.#queue.next(open, want))
    return batch.key.items.length > 0 ? batch : undefined
  }

  settle(destination: string, batch: BatchKey, settlement: Settlement): void {
    const { id } = this.#accounts.open(destination)
    this.#write(() => {
      this.#queue.settle(id, batch, settlement)
      if (settlement.status !== 'parked') return
      const mostBytes = this.#maxBytes / 4
      this.#leftovers.boundParked(id, mostBytes, `more than ${sizeText(mostBytes)} of refused items were kept`)
    })
  }

  /** The number of the newest item, to ask later whether all up to it have left. */
  mark(): number {
    return this.#sql.get<{ seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'item'`)?.seq ?? 0
  }

  waits(destination: string, upTo: number): boolean {
    return this.#queue.waits(this.#accounts.open(destination).id, upTo)
  }

  standing(destination: string): Standing {
    const { id } = this.#accounts.open(destination)
    const { count, bytes } = this.#accounts.waiting(id)
    const row = this.#sql.get<{ failures: number; retry_at: number; delivered_at: number | null }>(
      'SELECT failures, retry_at, delivered_at FROM destination WHERE id = ?',
      id,
    )!
    const { failures, retry_at: retryAt, delivered_at: deliveredAt } = row
    return { waiting: count, waitingBytes: bytes, failures, retryAt, everDelivered: deliveredAt !== null }
  }

  /** A backend did not take what it was sent, for now. */
  failed(destination: string, reason: string, retryAt: number): void {
    const { id } = this.#accounts.open(destination)
    const sql = 'UPDATE destination SET failures = failures + 1, retry_at = ?, error = ?, error_at = ? WHERE id = ?'
    this.#write(() => this.#sql.run(sql, retryAt, reason, this.#now(), id))
  }

  /** What waits for longer is given up, and what was parked for longer. Gives how many items that are. */
  expire(destination: string, ageMs: number, reason: string): number {
    const { id } = this.#accounts.open(destination)
    const before = this.#now() - ageMs
    return this.#write(
      () => this.#leftovers.dropWaiting(id, reason, before) + this.#leftovers.dropParked(id, reason, before),
    )
  }

  retry(destination: string): number {
    return this.#write(() => this.#leftovers.retry(this.#idOf(destination)))
  }

  dropParked(destination: string, reason: string): number {
    return this.#write(() => this.#leftovers.dropParked(this.#idOf(destination), reason))
  }

  dropWaiting(destination: string, reason: string): number {
    const id = this.#idOf(destination)
    return this.#write(() => this.#leftovers.dropWaiting(id, reason) + this.#pushes.dropWaiting(id, reason))
  }

  disown(destination: string): number {
    return this.#write(() => this.#leftovers.disown(this.#idOf(destination)))
  }

  series(): SeriesRow[] {
    return this.#series.all()
  }

  /** The state of a destination of metrics, which nobody else may push to until then; undefined while somebody does. */
  beginPush(destination: string, leaseMs: number): ObjectState | undefined {
    const { id } = this.#accounts.open(destination)
    return this.#write(() => this.#pushes.begin(id, leaseMs))
  }

  endPush(destination: string, push: Push, state: ObjectState | undefined): void {
    const { id } = this.#accounts.open(destination)
    this.#write(() => this.#pushes.end(id, push, state))
  }

  /** The accounts of this session, or of all; metrics are in the latter alone. */
  report(of: 'session' | 'all'): DestinationReport[] {
    if (of === 'session') return this.#accounts.report(this.#session)
    return [...this.#accounts.report(), ...pushReports(this.#sql)]
  }

  notes(source: string): Note[] {
    return this.#notes.of(source)
  }

  note(source: string, notes: Parameters<Notes['put']>[1]): void {
    this.#write(() => this.#notes.put(source, notes))
  }

  /** Spans under way whose processes are gone. */
  lostDrafts(): LostDraft[] {
    return this.#drafts.lost(this.#sessions.living(this.#now()))
  }

  /** What it holds for a destination, to be taken over by another; what was refused waits again. */
  handOver(destination: string): Elsewhere {
    const { id } = this.#accounts.open(destination)
    this.#write(() => this.#leftovers.retry(id))
    const waiting = new Set(this.#queue.all(id).map((item) => keyOfItem(item)))
    return {
      filed: (item) => this.#objects.seen(item.object, shortened(item.id))?.filed.has(id) ?? false,
      waits: (item) => waiting.has(keyOfItem(item)),
      states: this.#queue.states(id),
      books: this.#accounts.report(this.#session).find((report) => report.destination === destination)!,
    }
  }

  /** All that waits for anybody, as it was committed. */
  waiting(): CommitRow[] {
    return this.#sql.all<CommitRow>(
      `SELECT o.name AS object, i.id, i.kind, i.time, i.digest, i.rule, i.json, length(i.json) AS size
       FROM item i JOIN object o ON o.id = i.object ORDER BY i.seq`,
    )
  }

  /** Commits what was in another outbox meanwhile, with what became of it there by destination. */
  takeOver(requests: readonly CommitRequest[], elsewhere: ReadonlyMap<string, Elsewhere>): void {
    for (const { instruments } of requests) this.#series.register(instruments)
    this.#write(() => {
      const commits = requests.map((request) => ({ request, reply: new Commit(this.#commitParts(), request).run() }))
      const parts = {
        accounts: this.#accounts,
        queue: this.#queue,
        leftovers: this.#leftovers,
        session: this.#session,
        objectId: (name: string) => this.#objects.find(name),
      }
      for (const [destination, each] of elsewhere) takeOver(parts, commits, destination, each)
    })
  }

  /** Somebody holds items to send them. */
  isSending(): boolean {
    return this.#sql.get('SELECT 1 FROM lease LIMIT 1') !== undefined
  }

  /** Items get larger numbers than this. */
  numberFrom(seq: number): void {
    this.#write(() => this.#sql.run(`INSERT INTO sqlite_sequence (name, seq) VALUES ('item', ?)`, seq))
  }

  /** The books of a session whose outbox is lost: what waited there counts as dropped. */
  adopt(reports: readonly DestinationReport[], reason: string): void {
    this.#write(() => this.#accounts.adopt(this.#session, reports, reason))
  }

  /** Brings what was written into the database file itself, so that the log begins anew and needs no more room. */
  checkpoint(): void {
    try {
      this.#sql.exec('PRAGMA wal_checkpoint(RESTART)')
    } catch {
      // Where that finds no room either, the next write says so.
    }
  }

  /** The session is over: what it held is free. */
  close(): void {
    try {
      this.#write(() => {
        this.#sql.run('DELETE FROM lease WHERE session = ?', this.#session)
        this.#accounts.close([this.#session])
      })
      this.#sql.exec('PRAGMA incremental_vacuum(2000)')
    } finally {
      this.#sql.close()
    }
  }

  #begin(destinations: readonly Destination[]): { session: number; instanceId: string; begun: number } {
    const now = this.#now()
    const meta = new Meta(this.#sql)
    meta.begin(now)
    this.#series.retire(now - retireMs)
    // Before they are forgotten: what a dead one was sending may be another's.
    this.#sessions.reap(now)
    this.#accounts.close(this.#sessions.dead(now))
    for (const destination of destinations) this.#accounts.register(destination)
    return { session: this.#sessions.begin(now), instanceId: meta.instanceId(), begun: meta.begun() }
  }

  #idOf(destination: string): number {
    const row = this.#sql.get<{ id: number }>('SELECT id FROM destination WHERE name = ?', destination)
    if (!row) throw new Error(`the outbox knows no destination ${destination}`)
    return row.id
  }

  #commitParts(): CommitParts {
    return {
      sql: this.#sql,
      objects: this.#objects,
      accounts: this.#accounts,
      series: this.#series,
      drafts: this.#drafts,
      subjects: this.#subjects,
      session: this.#session,
      maxBytes: this.#maxBytes,
      now: this.#now(),
    }
  }

  /** What is kept in memory holds until somebody else writes. */
  #forgetIfStale(): void {
    const version = this.#sql.get('PRAGMA data_version')!['data_version']
    if (version !== this.#version) this.#objects.forget()
    this.#version = version
  }

  #write<T>(work: () => T): T {
    try {
      return this.#sql.write(() => {
        this.#forgetIfStale()
        return work()
      })
    } catch (error) {
      this.#objects.forget()
      this.#series.forget()
      throw error
    }
  }
}

interface ItemKey {
  readonly object: string
  readonly id: string
}

function keyOfItem({ object, id }: ItemKey): string {
  return `${object} ${id}`
}

/** Since the machine was started, so that clocks may be set meanwhile. */
function machineTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
