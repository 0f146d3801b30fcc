import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from '../../src/inspect/json.ts'
import { readScenario, type ScenarioFile } from '../read-scenario.ts'
import { randomScenario } from './random-scenario.ts'

/** Those of so many seeds from the first one on, written into the folder as `seed_N.json`. */
export function randomScenarios(folder: string, count: number, first: number): ScenarioFile[] {
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `seed_${first + index}.json`)
    writeFileSync(path, stringify(randomScenario(first + index)))
    return readScenario(path)
  })
}
