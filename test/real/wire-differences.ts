import { ArrivedHooks } from '../../scripts/fidelity/arrived.ts'
import { differencesOf } from '../../scripts/fidelity/differences.ts'
import type { Placed } from '../../scripts/fidelity/fired.ts'
import { readHooks } from '../../scripts/fidelity/read-hooks.ts'
import type { Scenario } from '../../scripts/fidelity/scenarios.ts'
import { toPresentForm } from '../../src/sources/live/present-form.ts'
import { parseTime, secondsBetween } from '../../src/time.ts'
import type { LiveScenarios } from './live-scenarios.ts'

/** Between the moments at which two hooks of one process were called with the same data. */
const longestS = 2

export interface WireDifferences {
  /** How many hooks were compared. */
  readonly fired: number
  readonly different: readonly string[]
  /** Hooks whose times are not the same. */
  readonly late: readonly string[]
}

/** What the recorder wrote down in the processes of the scenarios, against what arrived from there. */
export async function wireDifferences({ scenarios, arrived }: LiveScenarios): Promise<WireDifferences> {
  const problems: string[] = []
  const onProblem = (problem: string): void => void problems.push(problem)
  const all = await ArrivedHooks.read(arrived, onProblem)
  const different: string[] = []
  const late: string[] = []
  let fired = 0
  const byHooks = Map.groupBy(scenarios, ({ hooks }) => hooks)
  for (const [path, [scenario]] of byHooks) {
    if (isOfOtherHooks(scenario!.name)) continue
    const recorded = await readHooks(path, onProblem)
    const came = all.of(recorded)
    // What a process wrote that was killed a moment later was still on its way.
    const expected = scenario!.name.startsWith('killed') ? matched(recorded, came) : recorded
    if (came.length > expected.length) different.push(`${scenario!.name}: more came than was fired`)
    const pairs = expected.map((each, index) => [each, came[index]] as const)
    fired += pairs.length
    different.push(...pairs.flatMap(([ours, theirs]) => lines(scenario!, ours, theirs)))
    late.push(
      ...pairs.filter(([ours, theirs]) => theirs && isLate(ours, theirs)).map(([ours]) => lineOf(scenario!, ours)),
    )
  }
  return { fired, different: [...problems, ...different], late }
}

/** The recorder's are called before those of such a scenario, and the forwarder's after them, or not at all. */
export function isOfOtherHooks(name: string): boolean {
  return /^hook_(limit|changes)_/.test(name)
}

/** Those that arrived: of each process all to some place. */
function matched(recorded: readonly Placed[], came: readonly Placed[]): Placed[] {
  let next = 0
  return recorded.filter((each) => {
    const isThere = came[next]?.event.hook === each.event.hook && !isLate(each, came[next]!)
    if (isThere) next += 1
    return isThere
  })
}

function lines(scenario: Scenario, recorded: Placed, came: Placed | undefined): string[] {
  const line = lineOf(scenario, recorded)
  if (came?.event.hook !== recorded.event.hook) return [`${line}: ${came?.event.hook ?? 'nothing'} came instead`]
  const header = scenario.logs.find(({ header: { eval: spec } }) => spec.eval_id === evalOf(recorded))?.header
  const expected = toPresentForm(recorded.event, header)
  return differencesOf(expected.data, came.event.data, { values: 0 })
    .filter(({ path }) => path !== 'exception.traceback')
    .map(({ path }) => `${line}: ${path}`)
}

function lineOf({ name }: Scenario, { event, line }: Placed): string {
  return `${name} ${line} ${event.hook}`
}

function evalOf({ event: { data } }: Placed): unknown {
  return 'eval_id' in data ? data.eval_id : undefined
}

function isLate(recorded: Placed, came: Placed): boolean {
  const [ours, theirs] = [parseTime(recorded.event.meta.time)!, parseTime(came.event.meta.time)!]
  return Math.abs(secondsBetween(ours, theirs)) > longestS
}
