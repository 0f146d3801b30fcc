import { isFields } from '../../src/inspect/fields.ts'
import { compareTimes, formatTime, parseTime, type HrTime } from '../../src/time.ts'
import type { Finding } from './finding.ts'
import { eventIn, type Fired } from './fired.ts'
import type { Pair } from './pairs.ts'

/**
 * Where a replay gives a hook another time than the log has for it. A log has no time at which a hook was called, but of
 * events, samples and tasks it has when they were complete, and the hooks of a sample's life must not go back in time.
 */
export function findTimeDifferences(pairs: readonly Pair[]): Finding[] {
  const matched = pairs.filter((pair) => pair.live !== undefined && pair.replayed !== undefined)
  return [...matched.flatMap(loggedDifference), ...matched.flatMap(orderDifferences(matched))]
}

function loggedDifference({ live, replayed }: Pair): Finding[] {
  const expected = parseTime(loggedTime(live!))
  if (expected === undefined || compareTimes(expected, replayed!.time) === 0) return []
  return [toFinding({ live, replayed }, '(time)', expected)]
}

/** When what a hook tells of was complete, as the live hook tells. */
function loggedTime(live: Fired): unknown {
  const { hook, data } = live
  const { sample, log } = data
  switch (hook) {
    case 'onSampleEvent':
      return eventIn(live)['completed'] ?? eventIn(live)['timestamp']
    case 'onSampleEnd':
      return isFields(sample) ? sample['completed_at'] : undefined
    case 'onTaskEnd':
      return isFields(log) && isFields(log['stats']) ? log['stats']['completed_at'] : undefined
    default:
      return undefined
  }
}

const life = new Set(['onSampleInit', 'onSampleStart', 'onSampleAttemptStart', 'onSampleAttemptEnd', 'onSampleEnd'])

function orderDifferences(pairs: readonly Pair[]): (pair: Pair) => Finding[] {
  const lives = Map.groupBy(
    pairs.filter(({ replayed }) => life.has(replayed!.hook)).toSorted((a, b) => a.replayed!.line - b.replayed!.line),
    ({ replayed }) => replayed!.sample,
  )
  const before = new Map(
    [...lives.values()].flatMap((all) => all.map((pair, index) => [pair, all[index - 1]] as const)),
  )
  return (pair) => {
    const last = before.get(pair)?.replayed?.time
    return last && compareTimes(last, pair.replayed!.time) > 0 ? [toFinding(pair, '(time, which goes back)', last)] : []
  }
}

function toFinding({ live, replayed }: Pair, path: string, expected: HrTime): Finding {
  return {
    kind: 'field',
    hook: live!.hook,
    path,
    live: formatTime(expected),
    replayed: formatTime(replayed!.time),
    fired: { live, replayed },
  }
}
