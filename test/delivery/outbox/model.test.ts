import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../../src/delivery/item.ts'
import type { Outbox } from '../../../src/delivery/outbox/outbox.ts'
import type { BatchKey } from '../../../src/delivery/outbox/queue.ts'
import type { DestinationReport } from '../../../src/delivery/report.ts'
import { generator } from '../generator.ts'
import { spanItem } from '../items.ts'
import { Model, type ModelBatch, type Outcome } from './model.ts'
import { commit, names, newPath, openOutbox, place } from './open-outbox.ts'

const destinations = [
  place('groups', { grouped: true, takes: ['span', 'log'] }),
  place('logs', { takes: ['log'] }),
  place('spans'),
]
const maxBytes = 4_000
const steps = 150

interface Session {
  readonly outbox: Outbox
  readonly number: number
}

interface Held {
  readonly key: BatchKey
  readonly batch: ModelBatch
  readonly by: Session
}

/** Does the same at random to an outbox and to the model, from two sessions on one file. */
class Run {
  readonly #path = newPath()
  readonly #model = new Model(destinations, maxBytes)
  readonly #random: () => number
  #held: readonly Held[] = []
  #sessions: Session[] = []
  #count = 0
  #reader: DatabaseSync | undefined

  constructor(seed: number) {
    this.#random = generator(seed)
  }

  async start(): Promise<void> {
    this.#sessions = [await this.#open(), await this.#open()]
  }

  async step(): Promise<string> {
    const destination = this.#pick(destinations).name
    const session = this.#pick(this.#sessions)
    const what = this.#below(100)
    if (what < 40) return this.#commit(session)
    if (what < 65) return this.#next(session, destination)
    if (what < 88) return this.#settle()
    if (what < 91) return this.#both('retry', session, destination)
    if (what < 93) return this.#both('dropParked', session, destination)
    if (what < 95) return this.#both('dropWaiting', session, destination)
    if (what < 96) return this.#both('disown', session, destination)
    return await this.#reopen(session)
  }

  check(after: string): void {
    for (const { outbox, number } of this.#sessions) {
      expect(sorted(outbox.report('all')), `all, ${after}`).toEqual(sorted(this.#model.report()))
      expect(sorted(outbox.report('session')), `session ${number}, ${after}`).toEqual(
        sorted(this.#model.report(number)),
      )
      for (const { destination, waiting } of this.#model.report()) {
        expect(outbox.standing(destination).waiting, after).toBe(waiting)
      }
    }
    this.#checkRows(after)
  }

  close(): void {
    this.#reader?.close()
    for (const { outbox } of this.#sessions) outbox.close()
  }

  /** The books are no truth of their own: they say what the rows say. */
  #checkRows(after: string): void {
    const database = (this.#reader ??= new DatabaseSync(this.#path, { readOnly: true }))
    const one = (sql: string): unknown[] =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }))
    const counted = (table: string): string =>
      `SELECT destination, COUNT(*) AS count, SUM(size) AS bytes FROM ${table} GROUP BY destination ORDER BY destination`
    expect(
      one(
        'SELECT destination, SUM(waiting) AS count, SUM(bytes) AS bytes FROM account GROUP BY destination HAVING count > 0',
      ),
      after,
    ).toEqual(one(counted('pending')))
    const needed = 'SELECT seq FROM pending UNION SELECT seq FROM parked'
    expect(one(`SELECT seq FROM item WHERE seq NOT IN (${needed})`), after).toEqual([])
    expect(one(`${needed} EXCEPT SELECT seq FROM item`), after).toEqual([])
    const ledger = `SELECT destination, object, filed - delivered - rejected - dropped AS count FROM ledger WHERE count <> 0`
    const lines = `SELECT destination, object, COUNT(*) AS count FROM pending GROUP BY destination, object`
    expect(one(`${ledger} ORDER BY 1, 2`), after).toEqual(one(`${lines} ORDER BY 1, 2`))
  }

  #commit(session: Session): string {
    const items = Array.from({ length: 1 + this.#below(5) }, () => this.#item())
    const on = destinations.map(({ name }) => name).filter(() => this.#random() < 0.8)
    const again = this.#random() < 0.1
    const expected = this.#model.commit(session.number, items, on, again)
    const { verdicts } = commit(session.outbox, items, { on, again })
    expect(verdicts).toEqual(expected)
    return `commit of ${items.map(({ object, id }) => `${object}/${id}`).join(' ')}${again ? ' again' : ''}`
  }

  #item(): Item {
    const kind = this.#random() < 0.3 ? 'log' : 'span'
    const item = spanItem(`${kind} ${this.#below(12)}`, {
      object: `object ${this.#below(4)}`,
      version: this.#random() < 0.8 ? 1 : 2,
      size: 50 + this.#below(300),
      rule: this.#random() < 0.3 ? 'latest' : 'once',
    })
    return { ...item, kind } as Item
  }

  #next(by: Session, destination: string): string {
    const most = { items: 1 + this.#below(6), bytes: 200 + this.#below(1500) }
    const batch = this.#model.next(by.number, destination, most)
    const stored = by.outbox.next(destination, { ...most, leaseMs: 60_000 })
    expect(names(stored)).toEqual(batch?.entries.map(({ key }) => key))
    expect(stored?.state).toEqual(batch?.state)
    if (batch) this.#held = [...this.#held, { key: stored!.key, batch, by }]
    return `next for ${destination}`
  }

  #settle(): string {
    if (this.#held.length === 0) return 'nothing'
    const held = this.#pick(this.#held)
    this.#held = this.#held.filter((other) => other !== held)
    const { key, batch, by } = held
    const outcome = this.#outcome(batch)
    this.#model.settle(batch, outcome)
    by.outbox.settle(batch.destination, key, outcome)
    return `${batch.destination} ${JSON.stringify(outcome)}`
  }

  #outcome({ destination }: ModelBatch): Outcome {
    const reason = `reason ${this.#below(3)}`
    const state = destination === 'groups' && this.#random() < 0.5 ? { [reason]: this.#below(100) } : undefined
    const what = this.#random()
    if (what < 0.5) return { status: 'delivered', rejected: 0, reason, state }
    if (what < 0.65) return { status: 'delivered', rejected: this.#below(4), reason }
    return what < 0.85 ? { status: 'parked', reason } : { status: 'returned' }
  }

  #both(what: 'retry' | 'dropParked' | 'dropWaiting' | 'disown', { outbox }: Session, destination: string): string {
    const reason = `reason ${this.#below(2)}`
    expect(outbox[what](destination, reason)).toBe(this.#model[what](destination, reason))
    return `${what} of ${destination}`
  }

  async #reopen(session: Session): Promise<string> {
    this.#model.close(session.number)
    session.outbox.close()
    this.#held = this.#held.filter(({ by }) => by !== session)
    this.#sessions = this.#sessions.with(this.#sessions.indexOf(session), await this.#open())
    return 'another session'
  }

  async #open(): Promise<Session> {
    return { outbox: await openOutbox({ path: this.#path, destinations, maxBytes }), number: (this.#count += 1) }
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#below(all.length)]!
  }
}

/** Names of a few are another test's business. */
function sorted(reports: readonly DestinationReport[]): DestinationReport[] {
  return reports.map((report) => ({
    ...report,
    reasons: report.reasons
      .map((reason) => ({ ...reason, names: [] }))
      .toSorted((one, other) => (`${one.outcome} ${one.reason}` < `${other.outcome} ${other.reason}` ? -1 : 1)),
  }))
}

describe('an outbox with several destinations and sessions', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'keeps books that add up after every step, and does what a simple model of it does (seed %i)',
    async (seed) => {
      const run = new Run(seed)
      await run.start()
      for (let step = 0; step < steps; step += 1) {
        // Each step depends on the one before.
        // oxlint-disable-next-line no-await-in-loop
        run.check(await run.step())
      }
      run.close()
    },
  )
})
