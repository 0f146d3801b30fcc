/** Compares the replay of logs with what Inspect fired while it wrote them: `npm run fidelity -- FOLDER`. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { differenceLines, pageOf } from './page.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'string' } } })
const [folder] = positionals
if (folder === undefined || positionals.length > 1) {
  console.error('usage: npm run fidelity -- FOLDER [--write FILE]')
  process.exit(2)
}
const result = await check(folder)
if (result.scenarios.length === 0 && result.problems.length === 0) {
  console.error(`${folder}: no *.hooks.jsonl in this folder; give one that has files of hooks with their logs`)
  process.exit(2)
}
const page = pageOf(result)
if (values.write === undefined) console.log(page)
else writeFileSync(values.write, page)
for (const line of differenceLines(result)) console.error(line)
for (const problem of result.problems) console.error(`error: ${problem}`)
process.exitCode =
  result.problems.length > 0 || result.scenarios.some(({ comparison }) => comparison.different.length > 0) ? 1 : 0
