/** A range of a pool, without its end. */
type PoolRange = [start: number, end: number]

/** What occurs in many events, once each: the events refer to it by ranges. */
export class Pool {
  readonly items: unknown[] = []
  readonly #keyOf: (item: unknown) => string
  readonly #rewrite: (item: unknown) => unknown
  readonly #places = new Map<string, number>()
  /** Of the same objects as before no key is made. */
  readonly #known = new Map<unknown, number>()
  #last: { readonly items: readonly unknown[]; readonly places: readonly number[] } = { items: [], places: [] }

  /** `rewrite`: what is kept of an item. */
  constructor(keyOf: (item: unknown) => string, rewrite: (item: unknown) => unknown = (item) => item) {
    this.#keyOf = keyOf
    this.#rewrite = rewrite
  }

  /** Where the items are; those that are new are put into the pool. The list must not change after that. */
  rangesOf(items: readonly unknown[]): PoolRange[] {
    const ranges: PoolRange[] = []
    let last: PoolRange | undefined
    for (const place of this.#placesOf(items)) {
      if (last?.[1] === place) last[1] += 1
      else ranges.push((last = [place, place + 1]))
    }
    return ranges
  }

  /** An input has all that the one before it has, and a little more: only that is looked up. */
  #placesOf(items: readonly unknown[]): readonly number[] {
    const { items: before, places: known } = this.#last
    let same = 0
    while (same < known.length && same < items.length && items[same] === before[same]) same += 1
    const places = known.slice(0, same)
    for (let index = same; index < items.length; index += 1) places.push(this.#placeOf(items[index]))
    this.#last = { items, places }
    return places
  }

  #placeOf(item: unknown): number {
    const known = this.#known.get(item)
    if (known !== undefined) return known
    const kept = this.#rewrite(item)
    const key = this.#keyOf(kept)
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.items.push(kept) - 1
      this.#places.set(key, place)
    }
    this.#known.set(item, place)
    return place
  }
}
