import type { DatabaseSync } from 'node:sqlite'
import { Accounts, type Destination } from './accounts.ts'
import { Drafts } from './drafts.ts'
import { Leftovers } from './leftovers.ts'
import { machineTime } from './machine-time.ts'
import { Meta } from './meta.ts'
import { Notes } from './notes.ts'
import { Objects } from './objects.ts'
import { Pushes } from './pushes.ts'
import { Queue } from './queue.ts'
import { Rows } from './rows.ts'
import { Series } from './series.ts'
import { Sessions } from './sessions.ts'
import { Sql } from './sql.ts'
import { Standings } from './standings.ts'
import { Subjects } from './subjects.ts'
import { Transactions } from './transactions.ts'

export interface SessionOptions {
  readonly database: DatabaseSync
  readonly destinations: readonly Destination[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds that only go forward, the same for all processes of the machine. */
  readonly monotonic?: (() => number) | undefined
}

/** The parts of an outbox, each with tables of its own, as one session works with them. */
export interface OutboxParts {
  readonly sql: Sql
  readonly transactions: Transactions
  readonly session: number
  readonly instanceId: string
  /** When the outbox was begun, in milliseconds since 1970. */
  readonly begun: number
  readonly objects: Objects
  readonly accounts: Accounts
  readonly standings: Standings
  readonly sessions: Sessions
  readonly queue: Queue
  readonly leftovers: Leftovers
  readonly series: Series
  readonly drafts: Drafts
  readonly subjects: Subjects
  readonly notes: Notes
  readonly pushes: Pushes
}

/** A series that nothing was added to for so long is taken to be over. */
const retireMs = 30 * 86_400_000

/** Begins a session in a database, after what dead ones left is put in order. */
export function beginSession({ database, destinations, now, monotonic = machineTime }: SessionOptions): OutboxParts {
  const sql = new Sql(database)
  const objects = new Objects(sql)
  const accounts = new Accounts(sql)
  const sessions = new Sessions(sql)
  const series = new Series(sql, now)
  const begun = sql.write(() => {
    const time = now()
    const meta = new Meta(sql)
    meta.begin(time)
    series.retire(time - retireMs)
    // Before they are forgotten: what a dead one was sending may be another's.
    sessions.reap(time)
    accounts.close(sessions.dead(time))
    for (const destination of destinations) accounts.register(destination)
    return { session: sessions.begin(time), instanceId: meta.instanceId(), begun: meta.begun() }
  })
  const { session } = begun
  const rows = new Rows(sql, accounts)
  const queue = new Queue({ sql, accounts, sessions, rows, session, now, monotonic })
  return {
    ...begun,
    sql,
    transactions: new Transactions({ sql, objects, series }),
    objects,
    accounts,
    standings: new Standings(sql, accounts),
    sessions,
    queue,
    leftovers: new Leftovers({ sql, accounts, rows, unfile: (id, items) => objects.unfile(id, items) }),
    series,
    drafts: new Drafts(sql),
    subjects: new Subjects(sql),
    notes: new Notes(sql),
    pushes: new Pushes({ sql, sessions, queue, session, now, monotonic }),
  }
}
