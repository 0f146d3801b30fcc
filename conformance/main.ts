import { parseArgs } from 'node:util'
import { EvalspanError } from '../src/errors.ts'
import { makeInspect } from '../test/real/inspect-venv.ts'
import { compareScenarios } from './compare-scenarios.ts'
import { findScenarios } from './find-scenarios.ts'
import { reportText } from './report.ts'

/*
 * `npm run conformance -- FOLDER [--only NAME] [--recorded]`: runs the scenarios of a folder with our runner and with Inspect
 * and tells where what the hooks were given is not the same.
 */

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true },
      recorded: { type: 'boolean' },
      from: { type: 'string' },
      keep: { type: 'string' },
      all: { type: 'boolean' },
    },
  })
  if (positionals.length !== 1)
    throw new EvalspanError(
      'BAD_OPTION',
      'usage: npm run conformance -- FOLDER [--only NAME] [--recorded] [--from FOLDER] [--keep FOLDER] [--all]',
    )
  const scenarios = findScenarios(positionals[0]!, values.only)
  const found = values.recorded || values.from !== undefined ? undefined : makeInspect()
  if (found && 'missing' in found) console.error(`${found.missing}: comparing with what was recorded`)
  const results = await compareScenarios(
    scenarios,
    found && 'python' in found ? { ...found, keep: values.keep } : { recordedIn: values.from },
  )
  console.log(reportText(results, values.all === true))
  process.exitCode = results.every(({ outcome }) => outcome === 'same' || outcome === 'intended') ? 0 : 1
} catch (error) {
  if (!(error instanceof EvalspanError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
