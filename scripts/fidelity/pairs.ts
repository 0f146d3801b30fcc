import { contentOf, messageContent } from './content.ts'
import { compareTimes, type HrTime } from '../../src/time.ts'
import { differencesOf } from './differences.ts'
import { keyOf, modelHooks, type Fired } from './fired.ts'

/** A hook that was fired live, on replay, or both. */
export interface Pair {
  readonly live: Fired | undefined
  readonly replayed: Fired | undefined
}

/**
 * Finds for every hook that was fired live the one that was fired on replay. Hooks with the same key pair in their
 * order; those of model calls, which come from many samples at once, by what they say.
 */
export function pairUp(live: readonly Fired[], replayed: readonly Fired[]): Pair[] {
  const liveGroups = Map.groupBy(live, keyOf)
  const replayedGroups = Map.groupBy(replayed, keyOf)
  return [...new Set([...liveGroups.keys(), ...replayedGroups.keys()])].flatMap((key) => {
    const [ours, theirs] = [replayedGroups.get(key) ?? [], liveGroups.get(key) ?? []]
    const isModelHook = modelHooks.has((theirs[0] ?? ours[0])!.hook)
    if (isModelHook) return pairByContent(theirs, ours)
    // What ends a set is fired by the last of the calls that worked on it.
    return key.startsWith('onEvalSetEnd')
      ? pairInOrder(theirs.toReversed(), ours.toReversed())
      : pairInOrder(theirs, ours)
  })
}

function pairInOrder(live: readonly Fired[], replayed: readonly Fired[]): Pair[] {
  const length = Math.max(live.length, replayed.length)
  return Array.from({ length }, (_, index) => ({ live: live[index], replayed: replayed[index] }))
}

/** The same content first, then the same but for the ids of messages, then whatever differs least. */
function pairByContent(live: readonly Fired[], replayed: readonly Fired[]): Pair[] {
  const pairs: Pair[] = []
  const open = { live: new Set(live), replayed: new Set(replayed) }
  for (const keyOfContent of [exactContent, callContent]) {
    const others = Map.groupBy(open.replayed, keyOfContent)
    for (const [content, group] of Map.groupBy(open.live, keyOfContent)) {
      for (const pair of pairByTime(group, others.get(content) ?? [])) {
        open.live.delete(pair.live)
        open.replayed.delete(pair.replayed)
        pairs.push(pair)
      }
    }
  }
  for (const fired of open.live) {
    const [nearest] = [...open.replayed].toSorted((a, b) => distance(fired, a) - distance(fired, b))
    if (nearest) open.replayed.delete(nearest)
    pairs.push({ live: fired, replayed: nearest })
  }
  return [...pairs, ...[...open.replayed].map((each) => ({ live: undefined, replayed: each }))]
}

/** As many as there are on both sides: in their order, or where one side has more, those that are nearest. */
function pairByTime(live: readonly Fired[], replayed: readonly Fired[]): { live: Fired; replayed: Fired }[] {
  const order = (a: Fired, b: Fired): number => compareTimes(a.time, b.time)
  if (live.length === replayed.length) {
    const sorted = replayed.toSorted(order)
    return live.toSorted(order).map((fired, index) => ({ live: fired, replayed: sorted[index]! }))
  }
  const candidates = live.flatMap((fired) =>
    replayed.map((other) => ({ live: fired, replayed: other, apart: Math.abs(secondsFrom(fired.time, other.time)) })),
  )
  const taken = new Set<Fired>()
  return candidates
    .toSorted((a, b) => a.apart - b.apart)
    .filter((pair) => {
      if (taken.has(pair.live) || taken.has(pair.replayed)) return false
      taken.add(pair.live).add(pair.replayed)
      return true
    })
}

function secondsFrom(from: HrTime, to: HrTime): number {
  return to[0] - from[0] + (to[1] - from[1]) / 1e9
}

function exactContent({ data }: Fired): string {
  const { sample_id: _, wait_time: __, ...rest } = data
  return contentOf(rest)
}

/** Without what a log may not hold. Of which eval it is the key says. */
function callContent({ data }: Fired): string {
  const { sample_id: _, wait_time: __, eval_id: ___, run_id: ____, input, ...rest } = data
  return `${contentOf(rest)} ${(Array.isArray(input) ? input : []).map(messageContent).join(' ')}`
}

function distance(live: Fired, replayed: Fired): number {
  return differencesOf(live.data, replayed.data, { values: 0 }).length
}
