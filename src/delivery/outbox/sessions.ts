import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isThere, processStart } from '../../processes.ts'
import type { Sql } from './sql.ts'

/** Processes of another machine or container cannot be asked whether they live; after this they are taken for dead. */
const strangerMs = 7 * 86_400_000

/** The processes that use the outbox: whose items, leases and drafts these are. */
export class Sessions {
  readonly #sql: Sql
  readonly #host: string = hostId()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Within a transaction. */
  begin(now: number): number {
    const { pid } = process
    const values = [this.#host, pid, processStart(pid) ?? null, now]
    return this.#sql.insert('INSERT INTO session (host, pid, started, at) VALUES (?, ?, ?, ?)', ...values)
  }

  /** Those that are over for sure. */
  dead(now: number): number[] {
    return this.#rows()
      .filter(({ at, ...process }) => (process.host === this.#host ? !isAlive(process) : now - at > strangerMs))
      .map(({ id }) => id)
  }

  /** Ends the leases of those that died with a batch in their hands; gives how many objects that sets free. */
  reap(now: number): number {
    return this.dead(now).reduce((freed, id) => freed + this.#sql.run('DELETE FROM lease WHERE session = ?', id), 0)
  }

  /** All others. */
  living(now: number): number[] {
    const dead = new Set(this.dead(now))
    return this.#rows().flatMap(({ id }) => (dead.has(id) ? [] : id))
  }

  #rows(): SessionRow[] {
    return this.#sql.all('SELECT * FROM session WHERE id > 0')
  }
}

interface SessionRow {
  readonly id: number
  readonly host: string
  readonly pid: number
  /** Numbers of processes are used again. */
  readonly started: string | null
  readonly at: number
}

/** Numbers of processes are good within one of these. */
function hostId(): string {
  let namespace = ''
  try {
    namespace = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Not Linux: no namespaces.
  }
  return `${hostname()} ${namespace}`.trim()
}

function isAlive({ pid, started }: Pick<SessionRow, 'pid' | 'started'>): boolean {
  if (!isThere(pid)) return false
  const start = processStart(pid)
  return started === null || start === undefined || start === started
}
