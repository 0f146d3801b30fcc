import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { EvalspanError } from '../src/errors.ts'
import { makeInspect } from '../test/real/inspect-venv.ts'
import { compareScenarios } from './compare-scenarios.ts'
import { findScenarios } from './find-scenarios.ts'
import { randomScenarios } from './random/random-scenarios.ts'
import { reportText } from './report.ts'

/*
 * `npm run conformance -- FOLDER [--only NAME] [--recorded]`: runs the scenarios of a folder with our runner and with Inspect
 * and tells where what the hooks were given is not the same. `--random N [--seed S]`: those of N seeds instead.
 */

const usage =
  'usage: npm run conformance -- FOLDER [--only NAME] [--recorded] [--from FOLDER] [--keep FOLDER] [--all], or --random N [--seed S]'

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      recorded: { type: 'boolean' },
      from: { type: 'string' },
      keep: { type: 'string' },
      all: { type: 'boolean' },
      random: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  const { random, seed = '1' } = values
  if (positionals.length !== (random === undefined ? 1 : 0)) throw new EvalspanError('BAD_OPTION', usage)
  const scenarios =
    random === undefined
      ? findScenarios(positionals[0]!, values.only)
      : randomScenarios(mkdtempSync(join(tmpdir(), 'random-')), whole('--random', random, 1), whole('--seed', seed, 0))
  const found = values.recorded || values.from !== undefined ? undefined : makeInspect()
  if (found && 'missing' in found) console.error(`${found.missing}: comparing with what was recorded`)
  const results = await compareScenarios(
    scenarios,
    found && 'python' in found ? { ...found, keep: values.keep } : { recordedIn: values.from },
  )
  console.log(reportText(results, values.all === true))
  const failed = results.filter(({ outcome }) => outcome === 'different' || outcome === 'failed')
  if (random !== undefined) {
    for (const { name } of failed) console.log(`left: ${scenarios.find((scenario) => scenario.name === name)!.path}`)
  }
  process.exitCode = failed.length === 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof EvalspanError)) throw error
  console.error(error.message)
  process.exitCode = 2
}

function whole(option: string, text: string, least: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  throw new EvalspanError('BAD_OPTION', `${option} ${text}: give a whole number from ${least} on`)
}
