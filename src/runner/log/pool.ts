/** A range of a pool, without its end. */
type PoolRange = [start: number, end: number]

/** What occurs in many events, once each: the events refer to it by ranges. */
export class Pool<T> {
  readonly items: T[] = []
  readonly #keyOf: (item: T) => string
  readonly #places = new Map<string, number>()
  /** Of the same objects as before no key is made. */
  readonly #known = new Map<T, number>()

  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf
  }

  /** Where the items are; those that are new are put into the pool. */
  rangesOf(items: readonly T[]): PoolRange[] {
    const ranges: PoolRange[] = []
    for (const item of items) {
      const place = this.#placeOf(item)
      const last = ranges.at(-1)
      if (last?.[1] === place) last[1] += 1
      else ranges.push([place, place + 1])
    }
    return ranges
  }

  #placeOf(item: T): number {
    const known = this.#known.get(item)
    if (known !== undefined) return known
    const key = this.#keyOf(item)
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.items.push(item) - 1
      this.#places.set(key, place)
    }
    this.#known.set(item, place)
    return place
  }
}
