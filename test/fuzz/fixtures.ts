import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isLogFile } from '../../src/files/log-names.ts'
import { stringify } from '../../src/inspect/json.ts'
import { modelOf, type LogModel } from './log-model.ts'
import { writeZip } from './zip-model.ts'

/** Logs as they are replayed together, and the one among them that is damaged. */
export interface Fixture {
  readonly name: string
  /** By path within the folder that is replayed. */
  readonly files: ReadonlyMap<string, Buffer>
  readonly target: string
  /** What is replayed: a path within the folder. */
  readonly input: string
  readonly model: LogModel
}

const root = new URL('../fixtures', import.meta.url).pathname

/** Each log of the fixtures by itself, each log of a folder of logs within it, and `.eval` logs as `.json`. */
export function loadFixtures(): Fixture[] {
  const names = readdirSync(root).filter((name) => name.startsWith('inspect'))
  return [...names.flatMap((name) => loadFolder(join(root, name), name)), ...bufferFixtures()]
}

/** Databases of runs that crashed, beside what the log was then. */
function bufferFixtures(): Fixture[] {
  return ['moment', 'retried'].flatMap((name) => {
    const { parts, zip } = modelOf(name, readFileSync(join(root, 'buffer', `${name}.eval`)))
    const start = zip!.members.filter((_, index) => parts[index]!.name === '_journal/start.json')
    const log = '2026-11-27T10-00-00_t_8Tw9ZfLR3HzGYUeNLPCRbk.eval'
    const database = gunzipSync(readFileSync(join(root, 'buffer', `${name}.1.db.gz`)))
    // A number that no process has.
    const target = `data/inspect_ai/samplebuffer/folder/${log}.999999999.db`
    const files = new Map([
      [`logs/${log}`, writeZip({ members: start, end: {} }).bytes],
      [target, database],
    ])
    return toFixture(`buffer/${name}.db`, files, target, 'logs') ?? []
  })
}

function loadFolder(folder: string, name: string): Fixture[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : folderFixtures(path, `${name}/${entry.name}`)
    if (!/\.(eval|json|jsonl)$/.test(entry.name) || entry.name.endsWith('.expected.json')) return []
    return logFixtures(readFileSync(path), `${name}/${entry.name}`, entry.name)
  })
}

function logFixtures(bytes: Buffer, name: string, file: string): Fixture[] {
  const fixture = toFixture(name, new Map([[file, bytes]]), file, file)
  if (!fixture?.model.zip) return fixture ? [fixture] : []
  const json = asJson(fixture.model)
  const jsonFile = file.replace(/\.eval$/, '.json')
  const other = json && toFixture(`${name} as .json`, new Map([[jsonFile, json]]), jsonFile, jsonFile)
  return other ? [fixture, other] : [fixture]
}

function folderFixtures(folder: string, name: string): Fixture[] {
  const files = new Map<string, Buffer>()
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(folder, path), readFileSync(path))
  }
  return [...files.keys()].flatMap((file) => {
    const isBuffer = file.startsWith('.buffer') && /\.(zip|json)$/.test(file)
    if (!isBuffer && !isLogFile(file)) return []
    return toFixture(`${name}/${file}`, files, file, '.') ?? []
  })
}

/** Undefined for what is no log that can be taken apart, such as an empty one. */
function toFixture(
  name: string,
  files: ReadonlyMap<string, Buffer>,
  target: string,
  input: string,
): Fixture | undefined {
  try {
    return { name, files, target, input, model: modelOf(target, files.get(target)!) }
  } catch {
    return undefined
  }
}

/** The same log in the other format; undefined when its samples are in chunks or it has no header. */
function asJson({ parts }: LogModel): Buffer | undefined {
  const header = parts.find((part) => part.name === 'header.json')
  const samples = parts.filter((part) => part.role === 'sample')
  if (!header || samples.length === 0 || samples.some(({ name, sample }) => name !== `samples/${sample}.json`))
    return undefined
  const fields = header.text.trimEnd().replace(/\}$/, '')
  return Buffer.from(
    `${fields},"samples":[${samples.map(({ text }) => text).join(',')}],"reductions":${stringify([])}}`,
  )
}
