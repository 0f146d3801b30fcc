import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { differencesOf } from './compare/diff.ts'
import type { Difference } from './compare/difference.ts'
import { readFired, type Fired } from './compare/fired.ts'
import { viewOf } from './compare/view.ts'
import { intendedDifferences } from './differences.ts'
import type { ScenarioFile } from './read-scenario.ts'
import { runInspect, runOurs } from './run-drivers.ts'

export interface Comparison {
  readonly name: string
  readonly outcome: 'same' | 'intended' | 'different' | 'failed'
  readonly differences: readonly Difference[]
  /** Each with the name of the intended difference that it is. */
  readonly intended: readonly (Difference & { readonly name: string })[]
  /** What kept it from being compared, or what the drivers wrote. */
  readonly output: string
}

/** Runs scenarios with both runners, or without Inspect's Python compares with what was recorded. */
export async function compareScenarios(
  scenarios: readonly ScenarioFile[],
  python: string | undefined,
): Promise<Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const places = scenarios.map((scenario) => ({ scenario, folder: join(folder, scenario.name) }))
  for (const place of places) mkdirSync(place.folder)
  try {
    // One after the other: both are to have the machine for themselves, since scenarios are about times too.
    const ours = await runOurs(places)
    if (python !== undefined) await runInspect(python, places)
    return places.map((place, index) => compare(place, ours[index]!, python !== undefined))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Place {
  readonly scenario: ScenarioFile
  readonly folder: string
}

function compare({ scenario, folder }: Place, printed: string, isFresh: boolean): Comparison {
  const { name } = scenario
  const inspectFile = isFresh ? join(folder, 'inspect.jsonl') : scenario.recorded
  const text = join(folder, 'inspect', 'inspect.txt')
  const output = `${printed}${existsSync(text) ? readFileSync(text, 'utf8') : ''}`
  if (!existsSync(inspectFile)) {
    return { name, outcome: 'failed', differences: [], intended: [], output: `there is no ${inspectFile}\n${output}` }
  }
  const ours = readFired(join(folder, 'ours.jsonl'))
  const inspect = readFired(inspectFile)
  const options = { callsBySample: knowsSamples(inspect) }
  const all = differencesOf(viewOf(ours, options), viewOf(inspect, options))
  const named = all.map((each) => ({ ...each, name: intendedDifferences.find(({ matches }) => matches(each))?.name }))
  const differences = named.filter((each) => each.name === undefined)
  const intended = named.filter((each): each is Comparison['intended'][number] => each.name !== undefined)
  const outcome = differences.length > 0 ? 'different' : intended.length > 0 ? 'intended' : 'same'
  return { name, outcome, differences, intended, output }
}

/** Recorders of before did not tell of which sample a call of a model was. */
function knowsSamples(fired: readonly Fired[]): boolean {
  return fired.some(({ sample }) => sample !== undefined)
}
