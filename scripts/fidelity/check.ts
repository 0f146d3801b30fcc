import { messageOf } from '../../src/errors.ts'
import { isFields, type Fields } from '../../src/inspect/fields.ts'
import { ArrivedHooks } from './arrived.ts'
import type { Comparison } from './compare.ts'
import type { Placed } from './fired.ts'
import { compareLoaded, loadScenario } from './load.ts'
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
  /** What Inspect fired is what a listener was told of it. */
  readonly areArrived: boolean
}

/**
 * Replays the logs of every scenario in a folder and compares what is fired with what Inspect fired, or, where the
 * file of a listener's events is given, with what arrived of that.
 */
export async function check(folder: string, arrivedFile?: string): Promise<Check> {
  const found = await findScenarios(folder)
  const problems = new Set(found.problems)
  const onProblem = (problem: string): void => void problems.add(problem)
  const arrived = arrivedFile === undefined ? undefined : await ArrivedHooks.read(arrivedFile, onProblem)
  const scenarios: CheckedScenario[] = []
  for (const scenario of found.scenarios) {
    const { name, hooks, logs } = scenario
    try {
      const loaded = await loadScenario(scenario, onProblem, arrived)
      if (logs.length === 0 && wroteLog(loaded.live))
        problems.add(
          `${hooks}: its log is missing (looked for ${name}.eval, ${name}.json, ${name}.*.eval and ${name}/)`,
        )
      else scenarios.push({ scenario, comparison: compareLoaded(loaded) })
    } catch (error) {
      problems.add(`${hooks}: its hooks cannot be compared: ${messageOf(error)}`)
    }
  }
  return { scenarios, problems: [...problems], isEmpty: found.isEmpty, areArrived: arrived !== undefined }
}

/** A log is begun before the task is, and a run ends with the logs that it wrote. */
function wroteLog(live: readonly Placed[]): boolean {
  return live.some(({ event: { hook, data } }) => {
    const { logs } = data as unknown as Fields
    return hook === 'onTaskStart' || (hook === 'onRunEnd' && Array.isArray(logs) && logs.some(isFields))
  })
}
