import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../src/errors.ts'
import { openLog } from '../../src/inspect/log.ts'
import type { EvalLog } from '../../src/inspect/records.ts'
import { findFiles } from '../../src/sources/find.ts'

/** What Inspect fired during something that was evaluated, and the logs that it wrote meanwhile. */
export interface Scenario {
  readonly name: string
  readonly hooks: string
  readonly logs: readonly ScenarioLog[]
}

export interface ScenarioLog {
  readonly path: string
  readonly header: EvalLog
}

export interface FoundScenarios {
  readonly scenarios: readonly Scenario[]
  /** One for each log that cannot be read. */
  readonly problems: readonly string[]
  /** There is no file of hooks. */
  readonly isEmpty: boolean
}

const hooksEnd = '.hooks.jsonl'

/**
 * The scenarios in a folder: each `NAME.hooks.jsonl` with `NAME.eval`, `NAME.json`, `NAME.*.eval`, `NAME.*.json` and the
 * logs in the folder `NAME`. A log of an eval that another one has already is the same run in another encoding: a
 * scenario of its own, `NAME (X)`.
 */
export async function findScenarios(folder: string): Promise<FoundScenarios> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const names = entries.filter(({ name }) => name.endsWith(hooksEnd)).map(({ name }) => name.slice(0, -hooksEnd.length))
  const scenarios: Scenario[] = []
  const problems: string[] = []
  for (const name of names) {
    const isOwn = (entry: string): boolean => ownerOf(entry, names) === name
    const files = entries.filter((entry) => !entry.isDirectory() && isOwn(entry.name)).map((entry) => entry.name)
    const inFolder = entries.some((entry) => entry.isDirectory() && entry.name === name)
      ? await findFiles([join(folder, name)])
      : { files: [], problems: [] }
    const paths = [...files.toSorted(mainFirst(name)).map((file) => join(folder, file)), ...inFolder.files]
    const hooks = join(folder, name + hooksEnd)
    const logs = await readHeaders(paths, problems)
    if (paths.length === 0 || logs.length > 0) scenarios.push(...withEncodings(name, hooks, logs))
  }
  return { scenarios, problems, isEmpty: names.length === 0 }
}

/** The scenario that a file belongs to: the one with the longest name, as `a.b.eval` may be of `a` and of `a.b`. */
function ownerOf(file: string, names: readonly string[]): string | undefined {
  if (!/\.(eval|json)$/.test(file)) return undefined
  return names.filter((name) => file.startsWith(`${name}.`)).reduce((a, b) => (b.length > a.length ? b : a), '')
}

function mainFirst(name: string): (a: string, b: string) => number {
  const rank = (file: string): number => (file === `${name}.eval` ? 0 : file === `${name}.json` ? 1 : 2)
  return (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)
}

async function readHeaders(paths: readonly string[], problems: string[]): Promise<ScenarioLog[]> {
  const logs: ScenarioLog[] = []
  for (const path of paths) {
    try {
      const log = await openLog(path)
      await log.close()
      logs.push({ path, header: log.header })
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  return logs
}

function withEncodings(name: string, hooks: string, logs: readonly ScenarioLog[]): Scenario[] {
  const byEval = Map.groupBy(logs, ({ header }) => header.eval.eval_id)
  const main = [...byEval.values()].map(([first]) => first!)
  const others = [...byEval.values()].flatMap(([first, ...encodings]) =>
    encodings.map((log) => ({
      name: `${name} (${/([^./\\]+)\.\w+$/.exec(log.path)?.[1] ?? log.path})`,
      hooks,
      logs: main.map((each) => (each === first ? log : each)),
    })),
  )
  // Some runs write no log.
  return [{ name, hooks, logs: main }, ...others]
}
