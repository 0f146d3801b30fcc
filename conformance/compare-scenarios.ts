import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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

/** Where what Inspect fired comes from: a Python to run it with, or files. */
export type InspectHooks =
  | { readonly python: string; /** Files are left in this folder. */ readonly keep?: string | undefined }
  /** `NAME.hooks.jsonl`, in this folder or beside each scenario. */
  | { readonly recordedIn: string | undefined }

/** Runs scenarios with our runner, and compares with what Inspect fires, or has fired. */
export async function compareScenarios(
  scenarios: readonly ScenarioFile[],
  inspect: InspectHooks,
): Promise<Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const places = scenarios.map((scenario) => ({ scenario, folder: join(folder, scenario.name) }))
  for (const place of places) mkdirSync(place.folder)
  try {
    // One after the other: both are to have the machine for themselves, since scenarios are about times too.
    const ours = await runOurs(places)
    if ('python' in inspect) await runInspect(inspect.python, places)
    return places.map((place, index) => {
      const file = hooksOf(place, inspect)
      if ('python' in inspect && inspect.keep !== undefined && existsSync(file)) {
        mkdirSync(inspect.keep, { recursive: true })
        copyFileSync(file, join(inspect.keep, `${place.scenario.name}.hooks.jsonl`))
      }
      return compare(place, ours[index]!, file)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Place {
  readonly scenario: ScenarioFile
  readonly folder: string
}

function hooksOf({ scenario, folder }: Place, inspect: InspectHooks): string {
  if ('python' in inspect) return join(folder, 'inspect.jsonl')
  return inspect.recordedIn === undefined ? scenario.recorded : join(inspect.recordedIn, `${scenario.name}.hooks.jsonl`)
}

function compare({ scenario, folder }: Place, printed: string, inspectFile: string): Comparison {
  const { name } = scenario
  const text = join(folder, 'inspect', 'inspect.txt')
  const output = `${printed}${existsSync(text) ? readFileSync(text, 'utf8') : ''}`
  if (!existsSync(inspectFile)) {
    return { name, outcome: 'failed', differences: [], intended: [], output: `there is no ${inspectFile}\n${output}` }
  }
  const ours = readFired(join(folder, 'ours.jsonl'))
  const inspect = readFired(inspectFile)
  const options = { callsBySample: knowsSamples(inspect) }
  const views = { ours: viewOf(ours, options), inspect: viewOf(inspect, options), scenario: scenario.scenario }
  const all = differencesOf(views.ours, views.inspect)
  const named = all.map((each) => ({
    ...each,
    name: intendedDifferences.find(({ matches }) => matches(each, views))?.name,
  }))
  const differences = named.filter((each) => each.name === undefined)
  const intended = named.filter((each): each is Comparison['intended'][number] => each.name !== undefined)
  const outcome = differences.length > 0 ? 'different' : intended.length > 0 ? 'intended' : 'same'
  return { name, outcome, differences, intended, output }
}

/** Recorders of before did not tell of which sample a call of a model was. */
function knowsSamples(fired: readonly Fired[]): boolean {
  return fired.some(({ sample }) => sample !== undefined)
}
