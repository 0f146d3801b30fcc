/** Damages the logs of the fixtures in every way there is and replays them: `npm run fuzz -- --runs 10000 --seed 1`. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Tally } from './tally.ts'
import { WorkerProcess, type RunResult } from './worker-process.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    /** One run alone, by its number. */
    only: { type: 'string' },
    workers: { type: 'string', default: '2' },
    /** Says of each run what was done and what came of it. */
    verbose: { type: 'boolean', default: false },
  },
})
const seed = wholeNumber(values.seed, 0)
const workers = wholeNumber(values.workers, 1)
const runs = wholeNumber(values.runs, 1)
const only = values.only === undefined ? undefined : wholeNumber(values.only, 0)
if (
  seed === undefined ||
  workers === undefined ||
  runs === undefined ||
  (values.only !== undefined && only === undefined)
) {
  console.error('usage: npm run fuzz -- [--runs N] [--seed S] [--only INDEX] [--workers N] [--verbose]')
  process.exit(2)
}

const indexes = only === undefined ? Array.from({ length: runs }, (_, index) => index) : [only]
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'evalspan-fuzz-')))
const kept = join(tmpdir(), `evalspan-fuzz-kept-${seed}`)
const limits = { seconds: 5, megabytes: 300 }
const tally = new Tally(indexes.length)
const waiting = indexes.values()

function wholeNumber(text: string, least: number): number | undefined {
  const number = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least ? number : undefined
}

async function work(ofSeed: number): Promise<void> {
  const worker = new WorkerProcess(scratch, limits)
  try {
    for (const index of waiting) {
      const folder = join(scratch, `run-${index}`)
      mkdirSync(folder)
      const result = await worker.run({ seed: ofSeed, index, folder })
      tally.add(result)
      if (values.verbose || values.only !== undefined) console.log(describe(result))
      else if (result.failures.length > 0) console.log(`${describe(result)}\n  ${keep(folder, index)}`)
      if (values.only !== undefined) console.log(`  ${keep(folder, index)}`)
      rmSync(folder, { recursive: true, force: true })
    }
  } finally {
    worker.stop()
  }
}

function keep(folder: string, index: number): string {
  const place = join(kept, String(index))
  rmSync(place, { recursive: true, force: true })
  cpSync(folder, place, { recursive: true })
  return `${place}   again: npm run fuzz -- --seed ${seed} --only ${index}`
}

function describe({
  index,
  kind,
  note,
  damage,
  failures,
  milliseconds,
  megabytes,
  problem,
  verdict,
}: RunResult): string {
  const figures = `${Math.round(milliseconds)} ms, ${Math.round(megabytes)} MB`
  const samples = verdict ? `, ${verdict.exact} of ${verdict.expected} samples as before` : ''
  const lines = [`${failures.length > 0 ? 'FAILED ' : ''}${index} ${kind} (${damage}) ${note}: ${figures}${samples}`]
  for (const failure of failures) lines.push(`  ! ${failure}`)
  if (problem !== undefined) lines.push(`  told: ${problem.replaceAll(scratch, '').slice(0, 300)}`)
  return lines.join('\n')
}

try {
  await Promise.all(Array.from({ length: Math.min(workers, indexes.length) }, work))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(tally.summary())
process.exitCode = tally.failed > 0 ? 1 : 0
