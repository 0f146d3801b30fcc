import { differencesOf } from './differences.ts'
import type { Finding } from './finding.ts'
import { eventIn, keyOf, type Fired } from './fired.ts'

/** What Inspect writes into the event of a model call at its end: all of it, or nothing yet. */
const written = new Set(['event.timestamp', 'event.working_start', 'event.completed', 'event.working_time'])

/**
 * Inspect delivers an event again whenever it changes, so the last delivery counts, at its place. The others must have
 * been the same event, as far as it was known by then, and as many as Inspect makes.
 */
export function takeLastDeliveries(fired: readonly Fired[]): { last: Fired[]; findings: Finding[] } {
  const deliveries = Map.groupBy(
    fired.filter(({ hook }) => hook === 'onSampleEvent'),
    keyOf,
  )
  const lasts = new Set([...deliveries.values()].map((all) => all.at(-1)!))
  return {
    last: fired.filter((each) => each.hook !== 'onSampleEvent' || lasts.has(each)),
    findings: [...deliveries.values()].flatMap((all) => {
      const last = all.at(-1)!
      return [
        ...countDifference(all.length, last),
        ...all.slice(0, -1).flatMap((each) => earlierDifferences(each, last)),
      ]
    }),
  }
}

/** Events come once; that of a model call when it is answered, when its times are known, and before when it is cached. */
function countDifference(count: number, last: Fired): Finding[] {
  const { event, cache, completed } = eventIn(last)
  const expected = event === 'model' ? 1 + (cache === 'read' ? 1 : 0) + (completed === undefined ? 0 : 1) : 1
  return count === expected ? [] : [toFinding(last, { path: '(times delivered)', live: count, replayed: expected })]
}

function earlierDifferences(earlier: Fired, last: Fired): Finding[] {
  const isUnwritten = eventIn(earlier)['completed'] === undefined
  return differencesOf(earlier.data, last.data, { values: 0 })
    .filter(({ path }) => !(isUnwritten && written.has(path)))
    .map((difference) => toFinding(last, { ...difference, path: `${difference.path} (delivered before)` }))
}

function toFinding(last: Fired, difference: Pick<Finding, 'path' | 'live' | 'replayed'>): Finding {
  return { kind: 'field', hook: last.hook, ...difference, fired: { live: last, replayed: undefined } }
}
