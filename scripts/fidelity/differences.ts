import { isFields } from '../../src/inspect/fields.ts'

/** A place at which two values are not the same. */
export interface ValueDifference {
  /** `sample.events[3].output.usage.input_tokens`. */
  readonly path: string
  readonly live: unknown
  readonly replayed: unknown
}

/** How many values were compared. */
export interface Tally {
  values: number
}

/**
 * All places at which two values differ. What is undefined is left out, null is not; NaN is the same as NaN. Lists of
 * events are compared event by event, by their uuids, so that one that is missing does not move all others.
 */
export function differencesOf(live: unknown, replayed: unknown, tally: Tally): ValueDifference[] {
  const found: ValueDifference[] = []
  compare('', live, replayed, found, tally)
  return found
}

function compare(path: string, live: unknown, replayed: unknown, found: ValueDifference[], tally: Tally): void {
  if (Array.isArray(live) && Array.isArray(replayed)) compareLists(path, live, replayed, found, tally)
  else if (isFields(live) && isFields(replayed)) {
    for (const name of new Set([...Object.keys(live), ...Object.keys(replayed)])) {
      compare(path === '' ? name : `${path}.${name}`, live[name], replayed[name], found, tally)
    }
  } else {
    tally.values += 1
    // -0 and 0 are one: Inspect's JSON tells them apart, what is computed from them does not.
    if (live !== replayed && !(Number.isNaN(live) && Number.isNaN(replayed))) found.push({ path, live, replayed })
  }
}

function compareLists(
  path: string,
  live: readonly unknown[],
  replayed: readonly unknown[],
  found: ValueDifference[],
  tally: Tally,
): void {
  const [liveIds, replayedIds] = [idsIn(live), idsIn(replayed)]
  if (!liveIds || !replayedIds) {
    for (let index = 0; index < Math.max(live.length, replayed.length); index += 1) {
      compare(`${path}[${index}]`, live[index], replayed[index], found, tally)
    }
    return
  }
  live.forEach((item, index) =>
    compare(`${path}[${index}]`, item, replayed[replayedIds.get(idOf(item)!) ?? -1], found, tally),
  )
  replayed.forEach((item, index) => {
    if (!liveIds.has(idOf(item)!)) compare(`${path}[${index}]`, undefined, item, found, tally)
  })
  const common = (ids: Map<string, number>, others: Map<string, number>): string =>
    [...ids.keys()].filter((id) => others.has(id)).join(' ')
  const [liveOrder, replayedOrder] = [common(liveIds, replayedIds), common(replayedIds, liveIds)]
  if (liveOrder !== replayedOrder) found.push({ path: `${path} order`, live: liveOrder, replayed: replayedOrder })
}

/** Where each record of a list is, by its id; undefined for lists of other things, and when ids occur twice. */
function idsIn(list: readonly unknown[]): Map<string, number> | undefined {
  const ids = new Map<string, number>()
  for (const [index, item] of list.entries()) {
    const id = idOf(item)
    if (id === undefined || ids.has(id)) return undefined
    ids.set(id, index)
  }
  return ids
}

/** Of an event its uuid, of a log its eval. */
function idOf(item: unknown): string | undefined {
  if (!isFields(item)) return undefined
  const id = item['uuid'] ?? (isFields(item['eval']) ? item['eval']['eval_id'] : undefined)
  return typeof id === 'string' ? id : undefined
}
