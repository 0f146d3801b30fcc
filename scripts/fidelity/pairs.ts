import { contentOf, messageContent } from './content.ts'
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
    return isModelHook ? pairByContent(theirs, ours) : pairInOrder(theirs, ours)
  })
}

function pairInOrder(live: readonly Fired[], replayed: readonly Fired[]): Pair[] {
  const length = Math.max(live.length, replayed.length)
  return Array.from({ length }, (_, index) => ({ live: live[index], replayed: replayed[index] }))
}

/** The same content first, then whatever differs least. */
function pairByContent(live: readonly Fired[], replayed: readonly Fired[]): Pair[] {
  const pairs: Pair[] = []
  const byContent = Map.groupBy(replayed, callContent)
  const rest = live.filter((fired) => {
    const same = byContent.get(callContent(fired))?.shift()
    if (same) pairs.push({ live: fired, replayed: same })
    return !same
  })
  const open = new Set([...byContent.values()].flat())
  for (const fired of rest) {
    const [nearest] = [...open].toSorted((a, b) => distance(fired, a) - distance(fired, b))
    if (nearest) open.delete(nearest)
    pairs.push({ live: fired, replayed: nearest })
  }
  return [...pairs, ...[...open].map((each) => ({ live: undefined, replayed: each }))]
}

/** Without what a log may not hold. */
function callContent({ data }: Fired): string {
  const { sample_id: _, wait_time: __, input, ...rest } = data
  return `${contentOf(rest)} ${(Array.isArray(input) ? input : []).map(messageContent).join(' ')}`
}

function distance(live: Fired, replayed: Fired): number {
  return differencesOf(live.data, replayed.data, { values: 0 }).length
}
