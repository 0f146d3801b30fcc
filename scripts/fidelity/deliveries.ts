import { differencesOf } from './differences.ts'
import type { Finding } from './finding.ts'
import { keyOf, type Fired } from './fired.ts'

/** What Inspect writes into an event after it was delivered for the first time. */
const written = new Set(['timestamp', 'completed', 'working_start', 'working_time'])

/**
 * Inspect delivers an event again whenever it changes, so the last delivery counts, at its place. The others must have
 * been the same event, as far as it was known by then.
 */
export function takeLastDeliveries(live: readonly Fired[]): { last: Fired[]; findings: Finding[] } {
  const lastByKey = new Map(live.filter(({ hook }) => hook === 'onSampleEvent').map((fired) => [keyOf(fired), fired]))
  const findings: Finding[] = []
  const last = live.filter((fired) => {
    if (fired.hook !== 'onSampleEvent') return true
    const final = lastByKey.get(keyOf(fired))!
    if (final === fired) return true
    findings.push(...earlierDifferences(fired, final))
    return false
  })
  return { last, findings }
}

function earlierDifferences(earlier: Fired, final: Fired): Finding[] {
  return differencesOf(earlier.data, final.data, { values: 0 })
    .filter(({ path }) => !written.has(path.replace('event.', '')))
    .map((difference) => ({
      kind: 'field',
      hook: earlier.hook,
      ...difference,
      path: `${difference.path} (delivered before)`,
      fired: { live: final, replayed: undefined },
    }))
}
