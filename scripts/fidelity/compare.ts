import type { EvalLog } from '../../src/inspect/records.ts'
import { takeLastDeliveries } from './deliveries.ts'
import { differencesOf, type Tally } from './differences.ts'
import type { Finding } from './finding.ts'
import type { Fired } from './fired.ts'
import type { Gap } from './gaps/gap.ts'
import { gaps } from './gaps/gaps.ts'
import { findLostCalls } from './lost-calls.ts'
import { findOrderDifferences } from './order.ts'
import { pairUp, type Pair } from './pairs.ts'
import { Scene, type SceneParts } from './scene.ts'
import { findTimeDifferences } from './times.ts'

/** How a hook that was fired compares: it is equal, or equal but for fields that a log lacks, or not in a log at all. */
type Verdict = 'equal' | 'partly' | 'not recorded' | 'different'

export interface Comparison {
  /** By hook that was fired, live or on replay. */
  readonly verdicts: readonly { readonly fired: Fired; readonly verdict: Verdict }[]
  readonly different: readonly Finding[]
  readonly notRecorded: readonly { readonly finding: Finding; readonly gap: Gap }[]
  /** How many single values were compared. */
  readonly values: number
}

/** Compares what Inspect fired with what the replay of its logs fires, hook by hook and field by field. */
export function compare(live: readonly Fired[], replayed: readonly Fired[], headers: readonly EvalLog[]): Comparison {
  const tally: Tally = { values: 0 }
  const [deliveries, replay] = [takeLastDeliveries(live), takeLastDeliveries(replayed)]
  const pairs = pairUp(deliveries.last, replay.last)
  const findings = [
    ...deliveries.findings,
    ...pairs.flatMap((pair) => findingsOf(pair, tally)),
    ...findOrderDifferences(pairs),
    ...findTimeDifferences(pairs),
  ]
  const scene = sceneOf({ live: deliveries.last, replayed: replay.last, headers, pairs })
  const different: Finding[] = []
  const notRecorded: { finding: Finding; gap: Gap }[] = []
  for (const finding of findings) {
    const gap = gaps.find((each) => each.covers(finding, scene))
    if (gap) notRecorded.push({ finding, gap })
    else different.push(finding)
  }
  const bad = new Set(different.flatMap(hooksOf))
  const lacking = new Set(notRecorded.flatMap(({ finding }) => hooksOf(finding)))
  const verdicts = pairs.map(({ live: theirs, replayed: ours }) => {
    const fired = (theirs ?? ours)!
    const isHalf = !theirs || !ours
    const verdict: Verdict = bad.has(fired)
      ? 'different'
      : isHalf
        ? 'not recorded'
        : lacking.has(fired)
          ? 'partly'
          : 'equal'
    return { fired, verdict }
  })
  return { verdicts, different, notRecorded, values: tally.values }
}

function hooksOf({ fired }: Finding): Fired[] {
  return [fired.live, fired.replayed].filter((each) => each !== undefined)
}

/** Which events a log does not hold has to be known to say which model calls it does not hold. */
function sceneOf(parts: Omit<SceneParts, 'lostCalls'>): Scene {
  const missing = parts.pairs.flatMap(({ live, replayed }) => (live && !replayed ? [live] : []))
  const scene = new Scene({ ...parts, lostCalls: new Set() })
  const isLost = (live: Fired): boolean => gaps.some((gap) => gap.covers(missingFinding(live), scene))
  const events = missing.filter((live) => live.hook === 'onSampleEvent' && isLost(live))
  return new Scene({ ...parts, lostCalls: findLostCalls(events, missing) })
}

function missingFinding(live: Fired): Finding {
  return {
    kind: 'missing',
    hook: live.hook,
    path: '',
    live: live.data,
    replayed: undefined,
    fired: { live, replayed: undefined },
  }
}

function findingsOf({ live, replayed }: Pair, tally: Tally): Finding[] {
  const fired = { live, replayed }
  if (!live || !replayed) {
    const { hook } = (live ?? replayed)!
    return [
      { kind: live ? 'missing' : 'additional', hook, path: '', live: live?.data, replayed: replayed?.data, fired },
    ]
  }
  return differencesOf(live.data, replayed.data, tally).map((difference) => ({
    kind: 'field',
    hook: live.hook,
    ...difference,
    fired,
  }))
}
