import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EvalspanError } from '../src/errors.ts'
import { readScenario, type ScenarioFile } from './read-scenario.ts'

/** The scenarios of a folder, or those of these names. Throws an `EvalspanError` for all that is wrong with any of them. */
export function findScenarios(folder: string, only?: readonly string[]): ScenarioFile[] {
  let names: string[]
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `${folder}: ${(error as Error).message}`, { cause: error })
  }
  const missing = only?.filter((name) => !names.includes(name)) ?? []
  if (missing.length > 0) throw new EvalspanError('BAD_OPTION', `${folder} has no scenario ${missing.join(', ')}`)
  if (names.length === 0) throw new EvalspanError('BAD_OPTION', `${folder} has no scenarios (NAME.json)`)
  const problems: string[] = []
  const scenarios = (only ?? names.toSorted()).flatMap((name) => {
    try {
      return [readScenario(join(folder, `${name}.json`))]
    } catch (error) {
      problems.push((error as Error).message)
      return []
    }
  })
  if (problems.length > 0) throw new EvalspanError('BAD_OPTION', problems.join('\n'))
  return scenarios
}
