import type { ObjectState } from '../item.ts'
import type { DestinationReport } from '../report.ts'
import { beginSession, type OutboxParts, type SessionOptions } from './begin-session.ts'
import {
  Commit,
  type CommitParts,
  type CommitReply,
  type CommitRequest,
  type CommitRow,
  type Verdict,
} from './commit.ts'
import type { DraftKeys, LostDraft } from './drafts.ts'
import { handOver, waitingRows } from './hand-over.ts'
import type { Note, Notes } from './notes.ts'
import { shortened } from './objects.ts'
import { pushReports, type Push } from './pushes.ts'
import type { BatchKey, Settlement, StoredBatch, Want } from './queue.ts'
import type { SeriesRow } from './series.ts'
import type { Standing } from './standings.ts'
import { sizeText } from '../size-text.ts'
import { takeOver, type Elsewhere } from './take-over.ts'

export interface OutboxOptions extends Omit<SessionOptions, 'now'> {
  /** Most bytes that may wait for one destination. */
  readonly maxBytes: number
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/**
 * What was seen, what waits and what is measured, in a database that several processes may share. Each method is one
 * transaction; one that throws has changed nothing.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #maxBytes: number
  readonly #now: () => number

  constructor({ maxBytes, now = Date.now, ...others }: OutboxOptions) {
    this.#parts = beginSession({ ...others, now })
    this.#maxBytes = maxBytes
    this.#now = now
  }

  /** Tells the series of this outbox from those of others. */
  instanceId(): string {
    return this.#parts.instanceId
  }

  /** When it was begun, in milliseconds since 1970. */
  begun(): number {
    return this.#parts.begun
  }

  /**
   * Sorts items into never seen, known and superseded, files for each destination what it lacks, and folds the
   * measurements of the fresh ones into the metrics.
   */
  commit(request: CommitRequest): CommitReply {
    this.#parts.series.register(request.instruments)
    return this.#write(() => new Commit(this.#commitParts(), request).run())
  }

  /** What a commit would say of items; reads alone. */
  verdicts(items: readonly CommitRow[]): Verdict[] {
    this.#parts.transactions.forgetIfStale()
    return items.map(({ object, id, digest }) => {
      const seen = this.#parts.objects.seen(object, shortened(id))
      if (!seen) return 'fresh'
      return seen.digest === shortened(digest) ? 'known' : 'superseded'
    })
  }

  /** The state of an object at a destination. */
  state(destination: string, object: string): ObjectState {
    const id = this.#parts.objects.find(object)
    return id === undefined ? {} : this.#parts.queue.state(this.#parts.accounts.open(destination).id, id)
  }

  next(destination: string, want: Want): StoredBatch | undefined {
    const open = this.#parts.accounts.open(destination)
    if (!this.#parts.queue.waits(open.id, Number.MAX_SAFE_INTEGER)) return undefined
    const batch = this.#write(() => this.#parts.queue.next(open, want))
    return batch.key.items.length > 0 ? batch : undefined
  }

  settle(destination: string, batch: BatchKey, settlement: Settlement): void {
    const { id } = this.#parts.accounts.open(destination)
    this.#write(() => {
      this.#parts.queue.settle(id, batch, settlement)
      if (settlement.status !== 'parked') return
      const mostBytes = this.#maxBytes / 4
      this.#parts.leftovers.boundParked(id, mostBytes, `more than ${sizeText(mostBytes)} of refused items were kept`)
    })
  }

  /** The number of the newest item, to ask later whether all up to it have left. */
  mark(): number {
    return this.#parts.sql.get<{ seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'item'`)?.seq ?? 0
  }

  waits(destination: string, upTo: number): boolean {
    return this.#parts.queue.waits(this.#parts.accounts.open(destination).id, upTo)
  }

  standing(destination: string): Standing {
    return this.#parts.standings.of(this.#parts.accounts.open(destination).id)
  }

  /** A backend did not take what it was sent, for now. */
  failed(destination: string, reason: string, retryAt: number): void {
    const { id } = this.#parts.accounts.open(destination)
    this.#write(() => this.#parts.standings.failed(id, reason, retryAt, this.#now()))
  }

  /** What waits for longer is given up, and what was parked for longer. Gives how many items that are. */
  expire(destination: string, ageMs: number, reason: string): number {
    const { id } = this.#parts.accounts.open(destination)
    const before = this.#now() - ageMs
    return this.#write(
      () =>
        this.#parts.leftovers.dropWaiting(id, reason, before) + this.#parts.leftovers.dropParked(id, reason, before),
    )
  }

  retry(destination: string): number {
    return this.#write(() => this.#parts.leftovers.retry(this.#idOf(destination)))
  }

  dropParked(destination: string, reason: string): number {
    return this.#write(() => this.#parts.leftovers.dropParked(this.#idOf(destination), reason))
  }

  dropWaiting(destination: string, reason: string): number {
    const id = this.#idOf(destination)
    return this.#write(() => this.#parts.leftovers.dropWaiting(id, reason) + this.#parts.pushes.dropWaiting(id, reason))
  }

  disown(destination: string): number {
    return this.#write(() => this.#parts.leftovers.disown(this.#idOf(destination)))
  }

  series(): SeriesRow[] {
    return this.#parts.series.all()
  }

  /** The state of a destination of metrics, which nobody else may push to until then; undefined while somebody does. */
  beginPush(destination: string, leaseMs: number): ObjectState | undefined {
    const { id } = this.#parts.accounts.open(destination)
    return this.#write(() => this.#parts.pushes.begin(id, leaseMs))
  }

  endPush(destination: string, push: Push, state: ObjectState | undefined): void {
    const { id } = this.#parts.accounts.open(destination)
    this.#write(() => this.#parts.pushes.end(id, push, state))
  }

  /** The accounts of this session, or of all; metrics are in the latter alone. */
  report(of: 'session' | 'all'): DestinationReport[] {
    if (of === 'session') return this.#parts.accounts.report(this.#parts.session)
    return [...this.#parts.accounts.report(), ...pushReports(this.#parts.sql)]
  }

  notes(source: string): Note[] {
    return this.#parts.notes.of(source)
  }

  note(source: string, notes: Parameters<Notes['put']>[1]): void {
    this.#write(() => this.#parts.notes.put(source, notes))
  }

  /** Drafts of this session that nobody will end any more. */
  abandonDrafts(drafts: readonly DraftKeys[]): void {
    this.#write(() => {
      for (const { object, ids } of drafts) {
        const id = this.#parts.objects.find(object)
        if (id !== undefined) this.#parts.drafts.abandon(id, this.#parts.session, ids)
      }
    })
  }

  /** Spans under way whose processes are gone. */
  lostDrafts(): LostDraft[] {
    return this.#parts.drafts.lost(this.#parts.sessions.living(this.#now()))
  }

  /** What it holds for a destination, to be taken over by another; what was refused waits again. */
  handOver(destination: string): Elsewhere {
    const open = this.#parts.accounts.open(destination)
    this.#write(() => this.#parts.leftovers.retry(open.id))
    return handOver(this.#parts, open)
  }

  /** All that waits for anybody, as it was committed. */
  waiting(): CommitRow[] {
    return waitingRows(this.#parts.sql)
  }

  /** Commits what was in another outbox meanwhile, with what became of it there by destination. */
  takeOver(requests: readonly CommitRequest[], elsewhere: ReadonlyMap<string, Elsewhere>): void {
    for (const { instruments } of requests) this.#parts.series.register(instruments)
    this.#write(() => {
      const commits = requests.map((request) => ({ request, reply: new Commit(this.#commitParts(), request).run() }))
      const parts = { ...this.#parts, objectId: (name: string) => this.#parts.objects.find(name) }
      for (const [destination, each] of elsewhere) takeOver(parts, commits, destination, each)
    })
  }

  /** Somebody holds items to send them. */
  isSending(): boolean {
    return this.#parts.sql.get('SELECT 1 FROM lease LIMIT 1') !== undefined
  }

  /** Items get larger numbers than this. */
  numberFrom(seq: number): void {
    this.#write(() => this.#parts.sql.run(`INSERT INTO sqlite_sequence (name, seq) VALUES ('item', ?)`, seq))
  }

  /** The books of a session whose outbox is lost: what waited there counts as dropped. */
  adopt(reports: readonly DestinationReport[], reason: string): void {
    this.#write(() => this.#parts.accounts.adopt(this.#parts.session, reports, reason))
  }

  /** Brings what was written into the database file itself, so that the log begins anew and needs no more room. */
  checkpoint(): void {
    try {
      this.#parts.sql.exec('PRAGMA wal_checkpoint(RESTART)')
    } catch {
      // Where that finds no room either, the next write says so.
    }
  }

  /** The session is over: what it held is free. */
  close(): void {
    try {
      this.#write(() => {
        this.#parts.sql.run('DELETE FROM lease WHERE session = ?', this.#parts.session)
        this.#parts.accounts.close([this.#parts.session])
      })
      this.#parts.sql.exec('PRAGMA incremental_vacuum(2000)')
    } finally {
      this.#parts.sql.close()
    }
  }

  #idOf(destination: string): number {
    const row = this.#parts.sql.get<{ id: number }>('SELECT id FROM destination WHERE name = ?', destination)
    if (!row) throw new Error(`the outbox knows no destination ${destination}`)
    return row.id
  }

  #commitParts(): CommitParts {
    return { ...this.#parts, maxBytes: this.#maxBytes, now: this.#now() }
  }

  #write<T>(work: () => T): T {
    return this.#parts.transactions.write(work)
  }
}
