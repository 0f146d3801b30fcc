import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Place } from './compare-scenarios.ts'

const jobs = Math.min(2, availableParallelism())
const timeoutMs = 60_000

/** Gives what each of them printed. */
export async function runOurs(places: readonly Place[]): Promise<string[]> {
  const printed: string[] = []
  const waiting = [...places.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { scenario, folder }] = next
      const logs = join(folder, 'ours')
      mkdirSync(logs)
      const driver = join(import.meta.dirname, 'drive.ts')
      printed[index] = await run(process.execPath, [driver, scenario.path, join(folder, 'ours.jsonl'), logs])
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return printed
}

export async function runInspect(python: string, places: readonly Place[]): Promise<void> {
  const driver = join(import.meta.dirname, 'inspect', 'drive.py')
  const files = places.flatMap(({ scenario, folder }) => [
    scenario.path,
    join(folder, 'inspect.jsonl'),
    join(folder, 'inspect'),
  ])
  // Nothing of it is to be left in the repository.
  const text = await run(python, ['-B', driver, '--jobs', String(jobs), ...files], timeoutMs * (1 + places.length))
  if (text !== '') console.error(text)
}

/** Nothing but what programs need: settings of exporters are not for these runs. */
const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] }

async function run(program: string, args: readonly string[], timeout = timeoutMs): Promise<string> {
  return await new Promise((resolve) => {
    execFile(program, [...args], { env: environment, timeout, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      // Ctrl-C of a scenario ends our driver with the signal.
      const failure = error && error.signal !== 'SIGINT' ? `${error.message}\n` : ''
      resolve(`${failure}${stdout}${stderr}`)
    })
  })
}
