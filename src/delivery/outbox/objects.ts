import { hash } from 'node:crypto'
import type { ItemKind } from '../item.ts'
import type { Sql } from './sql.ts'

/** What is known of an item that was committed. */
export interface Seen {
  /** 52 bits of the digest. */
  readonly digest: number
  /** Ids of the destinations that it was filed for. */
  readonly filed: ReadonlySet<number>
}

export interface StoredObject {
  readonly id: number
  readonly seen: Map<number, Seen>
  /**
   * By kind of item, as far as somebody asked: when the last was delivered, in milliseconds since 1970; 0: not all were.
   */
  readonly deliveredAt: Map<ItemKind, number>
  /** What was noted since the last `write`, by destinations. */
  readonly news: Map<string, number[]>
}

const mostCached = 200_000
/** An object that is never complete is folded all the same, now and then. */
const mostParts = 64

/**
 * Objects and the digests of all items that were ever committed for them. Objects in use are kept in memory, which
 * `forget` must end whenever somebody else may have written, or a transaction failed.
 */
export class Objects {
  readonly #sql: Sql
  readonly #cache = new Map<string, StoredObject>()
  readonly #sets = new Map<string, ReadonlySet<number>>()
  #cached = 0

  constructor(sql: Sql) {
    this.#sql = sql
  }

  forget(): void {
    this.#cache.clear()
    this.#cached = 0
  }

  /** Within a transaction: makes the object where there is none. */
  open(name: string): StoredObject {
    let object = this.#cache.get(name)
    if (object) return object
    if (this.#cached > mostCached) this.forget()
    const id = this.find(name) ?? this.#sql.insert('INSERT INTO object (name) VALUES (?)', name)
    object = { id, seen: this.#load(id), deliveredAt: new Map(), news: new Map() }
    this.#cached += object.seen.size
    this.#cache.set(name, object)
    return object
  }

  /** What is known of an item; reads alone. */
  seen(name: string, item: number): Seen | undefined {
    const cached = this.#cache.get(name)
    if (cached) return cached.seen.get(item)
    const id = this.find(name)
    return id === undefined ? undefined : this.#load(id).get(item)
  }

  find(name: string): number | undefined {
    return this.#sql.get<{ id: number }>('SELECT id FROM object WHERE name = ?', name)?.id
  }

  /** Of an item with this content: for which destinations it has been filed. */
  note(object: StoredObject, item: number, digest: number, filed: ReadonlySet<number>): void {
    const key = keyOf(filed)
    if (!object.seen.has(item)) this.#cached += 1
    object.seen.set(item, { digest, filed: this.#set(key) })
    const entries = object.news.get(key)
    if (entries) entries.push(item, digest)
    else object.news.set(key, [item, digest])
  }

  /** Items that a destination does not get after all: a later commit may file them again. */
  unfile(destination: number, items: readonly { readonly object: string; readonly id: string }[]): void {
    const objects = new Map<string, StoredObject>()
    for (const { object: name, id } of items) {
      const object = objects.get(name) ?? this.open(name)
      objects.set(name, object)
      const item = shortened(id)
      const seen = object.seen.get(item)
      if (!seen) continue
      const filed = new Set(seen.filed)
      filed.delete(destination)
      this.note(object, item, seen.digest, filed)
    }
    for (const object of objects.values()) this.write(object, false)
  }

  /** Writes what was noted of an object: as parts of their own, or all in one when the object is complete. */
  write({ id, news, seen }: StoredObject, isComplete: boolean): void {
    if (news.size === 0) return
    const last = this.#sql.get<{ part: number | null }>('SELECT MAX(part) AS part FROM seen WHERE object = ?', id)!.part
    let part = last ?? 0
    if ((isComplete && part > 0) || part >= mostParts) this.#fold(id, seen)
    else for (const [filed, entries] of news) this.#insert(id, (part += 1), filed, entries)
    news.clear()
  }

  #fold(id: number, seen: StoredObject['seen']): void {
    const parts = Map.groupBy(seen, ([, { filed }]) => keyOf(filed))
    this.#sql.run('DELETE FROM seen WHERE object = ?', id)
    let part = 1
    for (const [filed, entries] of parts) {
      this.#insert(
        id,
        part++,
        filed,
        entries.flatMap(([item, { digest }]) => [item, digest]),
      )
    }
  }

  #insert(object: number, part: number, filed: string, entries: readonly number[]): void {
    const blob = new Uint8Array(Float64Array.from(entries).buffer)
    this.#sql.run('INSERT INTO seen VALUES (?, ?, ?, ?)', object, part, filed, blob)
  }

  #load(object: number): Map<number, Seen> {
    const seen = new Map<number, Seen>()
    const parts = this.#sql.iterate<{ filed: string; entries: Uint8Array }>(
      'SELECT filed, entries FROM seen WHERE object = ? ORDER BY part',
      object,
    )
    for (const part of parts) {
      const filed = this.#set(part.filed)
      const numbers = new Float64Array(part.entries.slice().buffer)
      for (let at = 0; at < numbers.length; at += 2) seen.set(numbers[at]!, { digest: numbers[at + 1]!, filed })
    }
    return seen
  }

  #set(key: string): ReadonlySet<number> {
    let set = this.#sets.get(key)
    if (!set) this.#sets.set(key, (set = new Set(key === '' ? [] : key.split(',').map(Number))))
    return set
  }
}

function keyOf(set: ReadonlySet<number>): string {
  if (set.size < 2) return set.size === 0 ? '' : String(set.values().next().value)
  return [...set].toSorted((one, other) => one - other).join(',')
}

/**
 * An id or a digest as a number of 52 bits: among the items of one object no two are the same. All 64 bits count, since ids
 * that are no hashes may differ in a few digits only.
 */
export function shortened(text: string): number {
  const digits = /^[0-9a-f]{16}$/.test(text) ? text : hash('sha1', text, 'hex')
  const high = Number.parseInt(digits.slice(0, 8), 16)
  const low = Number.parseInt(digits.slice(8, 16), 16)
  return ((high ^ (high >>> 20)) & 0xfffff) * 2 ** 32 + low
}
