import type { EvalLog } from '../../src/inspect/records.ts'
import { replay } from '../../src/sources/replay.ts'
import { findAliases, noAliases } from './aliases.ts'
import type { ArrivedHooks } from './arrived.ts'
import { compare, type Comparison } from './compare.ts'
import { toFired, type Placed } from './fired.ts'
import { readHooks } from './read-hooks.ts'
import type { Scenario } from './scenarios.ts'

/** What was fired in a scenario, live and on replay. */
export interface LoadedScenario {
  readonly live: readonly Placed[]
  readonly replayed: readonly Placed[]
  readonly headers: readonly EvalLog[]
}

/** Reads the hooks of a scenario, or what arrived of them, and replays its logs. */
export async function loadScenario(
  { hooks, logs }: Scenario,
  onProblem: (problem: string) => void,
  arrived?: ArrivedHooks,
): Promise<LoadedScenario> {
  const recorded = await readHooks(hooks, onProblem)
  const live = arrived ? arrived.of(recorded) : recorded
  const replayed: Placed[] = []
  const paths = logs.map(({ path }) => path)
  for await (const event of replay(paths, { onProblem: ({ message }) => onProblem(message) }))
    replayed.push({ event, line: replayed.length + 1 })
  return { live, replayed, headers: logs.map(({ header }) => header) }
}

export function compareLoaded({ live, replayed, headers }: LoadedScenario): Comparison {
  return compare(toFired(live, findAliases(live, headers)), toFired(replayed, noAliases), headers)
}
