/** Compares the replay of logs with what Inspect fired while it wrote them: `npm run fidelity -- FOLDER`. */
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { check } from './check.ts'
import { differenceLines } from './difference-lines.ts'
import { pageOf } from './page.ts'

const usage = `usage: npm run fidelity -- FOLDER [--arrived FILE] [--write FILE]

FOLDER holds files of hooks, NAME.hooks.jsonl, with their logs: NAME.eval, NAME.json, NAME.*.eval or a folder NAME.
--arrived FILE takes what a listener was told of these runs (its EVALSPAN_EVENT_LOG) for what was fired.
--write FILE writes the page of the result instead of showing it.`

process.exitCode = await main()

/** 1 when something differs or cannot be read, 2 when there is nothing to compare. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { arrived: { type: 'string' }, write: { type: 'string' }, help: { type: 'boolean' } },
  })
  const [folder] = positionals
  if (values.help || folder === undefined || positionals.length > 1) {
    console.error(usage)
    return values.help ? 0 : 2
  }
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    console.error(`error: ${folder}: there is no such folder`)
    return 2
  }
  if (values.arrived !== undefined && !existsSync(values.arrived)) {
    console.error(`error: ${values.arrived}: there is no such file`)
    return 2
  }
  const result = await check(folder, values.arrived)
  if (result.isEmpty) {
    console.error(`error: ${folder}: there is no *.hooks.jsonl in this folder\n\n${usage}`)
    return 2
  }
  const page = pageOf(result, folder)
  if (values.write === undefined) console.log(page)
  else writeFileSync(values.write, page)
  const differences = differenceLines(result)
  for (const line of differences) console.log(line)
  for (const problem of result.problems) console.error(`error: ${problem}`)
  console.log(`${differences.length} differences, ${result.problems.length} errors`)
  return differences.length + result.problems.length > 0 ? 1 : 0
}
