import { replay } from '../../src/sources/replay.ts'
import { compare, type Comparison } from './compare.ts'
import { findAliases, noAliases } from './aliases.ts'
import { toFired, type Placed } from './fired.ts'
import { readHooks } from './read-hooks.ts'
import { findScenarios, type Scenario } from './scenarios.ts'

export interface CheckedScenario {
  readonly scenario: Scenario
  readonly comparison: Comparison
}

export interface Check {
  readonly scenarios: readonly CheckedScenario[]
  /** What is missing or cannot be read, by name. */
  readonly problems: readonly string[]
  /** There was no file of hooks. */
  readonly isEmpty: boolean
}

/** Replays the logs of every scenario in a folder and compares what is fired with what Inspect fired. */
export async function check(folder: string): Promise<Check> {
  const found = await findScenarios(folder)
  const problems = new Set(found.problems)
  const scenarios: CheckedScenario[] = []
  for (const scenario of found.scenarios) {
    const onProblem = (problem: string): void => void problems.add(problem)
    const live = await readHooks(scenario.hooks, onProblem)
    const replayed = await replayScenario(scenario, onProblem)
    if (scenario.logs.length === 0 && wroteLog(live)) {
      const { name, hooks } = scenario
      onProblem(`${hooks}: its log is missing (looked for ${name}.eval, ${name}.json, ${name}.*.eval and ${name}/)`)
      continue
    }
    const headers = scenario.logs.map(({ header }) => header)
    const comparison = compare(toFired(live, findAliases(live, headers)), toFired(replayed, noAliases), headers)
    scenarios.push({ scenario, comparison })
  }
  return { scenarios, problems: [...problems], isEmpty: found.isEmpty }
}

/** A log is begun before the task is, and a run ends with the logs that it wrote. */
function wroteLog(live: readonly Placed[]): boolean {
  return live.some(
    ({ event }) => event.hook === 'onTaskStart' || (event.hook === 'onRunEnd' && event.data.logs.length > 0),
  )
}

async function replayScenario({ logs }: Scenario, onProblem: (problem: string) => void): Promise<Placed[]> {
  const fired: Placed[] = []
  const events = replay(
    logs.map(({ path }) => path),
    { onProblem: ({ message }) => onProblem(message) },
  )
  for await (const event of events) fired.push({ event, line: fired.length + 1 })
  return fired
}
