import { existsSync, statSync } from 'node:fs'
import { EvalspanError, messageOf } from '../../errors.ts'
import type { ItemKind } from '../item.ts'
import { nameOf } from '../item-name.ts'
import type { DestinationReport } from '../report.ts'
import { Accounts } from './accounts.ts'
import { isCorrupt, openToRead } from './database.ts'
import { Drafts } from './drafts.ts'
import { Meta } from './meta.ts'
import { Objects } from './objects.ts'
import { pushReports } from './pushes.ts'
import { Sessions } from './sessions.ts'
import { Sql } from './sql.ts'
import { Subjects, type Place, type PlaceAt, type Question } from './subjects.ts'

/** What is in an outbox, for people. */
export interface Overview {
  /** Of the file and its companions. */
  readonly bytes: number
  /** The version of its tables. */
  readonly schema: number
  readonly instanceId: string
  /** When it was begun (ISO 8601). */
  readonly since: string
  /** Spans that have begun and whose end is not known. */
  readonly drafts: number
  /** Those of them whose processes are gone. */
  readonly lostDrafts: number
  /** Items that came again with other content and were not sent again; the names of the first few. */
  readonly superseded: { readonly count: number; readonly names: readonly string[] }
  /** All that ever had something to do with it, whether they are on or not. */
  readonly destinations: readonly DestinationReport[]
}

const mostNames = 5

/** A look into an outbox, without a part in its work: nothing in it is changed, whoever uses it meanwhile. */
export class OutboxReader {
  readonly #path: string
  readonly #sql: Sql

  private constructor(path: string, sql: Sql) {
    this.#path = path
    this.#sql = sql
  }

  /**
   * Gives what `look` finds, all of one moment; undefined when there is no outbox, or nothing was ever put into it.
   * Rejects with an `EvalspanError` for a file that cannot be read.
   */
  static async read<T>(path: string, look: (reader: OutboxReader) => T): Promise<T | undefined> {
    try {
      const database = await openToRead(path)
      if (!database) return undefined
      const sql = new Sql(database)
      try {
        return sql.read(() => look(new OutboxReader(path, sql)))
      } finally {
        sql.close()
      }
    } catch (error) {
      if (error instanceof EvalspanError) throw error
      const problem = isCorrupt(error)
        ? `is damaged (${messageOf(error)}): the next run or replay sets it aside and begins a new one`
        : `cannot be read: ${messageOf(error)}`
      throw new EvalspanError('BAD_OUTBOX', `the outbox ${path} ${problem}`, { cause: error })
    }
  }

  overview(): Overview {
    const sql = this.#sql
    const meta = new Meta(sql)
    const drafts = new Drafts(sql)
    return {
      bytes: sizeOnDisk(this.#path),
      schema: sql.get<{ user_version: number }>('PRAGMA user_version')!.user_version,
      instanceId: meta.instanceId(),
      since: new Date(meta.begun()).toISOString(),
      drafts: drafts.count(),
      lostDrafts: drafts.lost(new Sessions(sql).living(Date.now())).length,
      superseded: this.#superseded(),
      destinations: [...new Accounts(sql).report(), ...pushReports(sql)],
    }
  }

  /** Samples that people ask for, the latest first. */
  where(question: Question): Place[] {
    return new Subjects(this.#sql).where(question)
  }

  /** What became of the items of an object. */
  whereIs(object: string): PlaceAt[] {
    const id = new Objects(this.#sql).find(object)
    return id === undefined ? [] : new Subjects(this.#sql).destinations(id)
  }

  /** What the first few are that a destination refused, or that wait for it. */
  namesOf(destination: string, where: 'parked' | 'pending'): string[] {
    const sql = `SELECT i.id, i.kind, i.json FROM ${where} p JOIN item i ON i.seq = p.seq
      WHERE p.destination = (SELECT id FROM destination WHERE name = ?) ORDER BY p.seq LIMIT ${mostNames}`
    return this.#sql.all<{ id: string; kind: ItemKind; json: string }>(sql, destination).map((item) => nameOf(item))
  }

  #superseded(): Overview['superseded'] {
    const { count } = this.#sql.get<{ count: number }>('SELECT COUNT(*) AS count FROM superseded')!
    const named = this.#sql.all<{ name: string }>(`SELECT name FROM superseded LIMIT ${mostNames}`)
    return { count, names: named.map(({ name }) => name) }
  }
}

function sizeOnDisk(path: string): number {
  return ['', '-wal', '-shm'].reduce((sum, suffix) => {
    const file = path + suffix
    return sum + (existsSync(file) ? statSync(file).size : 0)
  }, 0)
}
