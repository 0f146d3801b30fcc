import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { EvalspanError, messageOf } from '../../errors.ts'
import { makeFolder } from '../make-folder.ts'

export interface OutboxPlaces {
  /** Files to be tried in this order; none when all is to be kept in memory. */
  readonly paths: readonly string[]
  /** Why a folder that was to be used is not among them. */
  readonly problems: readonly string[]
}

/** File systems on other machines, by `statfs`: several machines cannot share a write-ahead log (linux/magic.h). */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x00c36400, 'Ceph'],
  [0x19830326, 'BeeGFS'],
])

const fileName = 'outbox.db'

type TypeOf = (folder: string) => Promise<number>

async function fileSystemType(folder: string): Promise<number> {
  return (await statfs(folder)).type
}

/**
 * Where the outbox may be: `EVALSPAN_OUTBOX`, else `evalspan` in the user's state folder
 * (https://specifications.freedesktop.org/basedir-spec/0.8/), and where that is on a network or cannot be written, a
 * folder for temporary files. Makes the folders, for their owner alone.
 */
export async function outboxPlaces(
  env: NodeJS.ProcessEnv = process.env,
  typeOf: TypeOf = fileSystemType,
): Promise<OutboxPlaces> {
  if (isInMemory(env)) return { paths: [], problems: [] }
  const paths: string[] = []
  const problems: string[] = []
  for (const folder of outboxFolders(env)) {
    try {
      makePrivate(folder)
      const network = networkTypes.get(await typeOf(folder))
      if (network !== undefined) throw new Error(`it is on a network file system, ${network}`)
      paths.push(join(folder, fileName))
    } catch (error) {
      problems.push(`the outbox cannot be in ${folder}: ${messageOf(error)}`)
    }
  }
  return { paths, problems }
}

/**
 * The database file that `outboxPlaces` would lead to first, and others that are there: something may have gone elsewhere
 * while a folder could not be used. Makes nothing.
 */
export async function presentOutboxes(
  env: NodeJS.ProcessEnv = process.env,
  typeOf: TypeOf = fileSystemType,
): Promise<{ readonly path?: string | undefined; readonly others: readonly string[] }> {
  if (isInMemory(env)) return { others: [] }
  const folders = outboxFolders(env)
  const usable = await Promise.all(folders.map((folder) => canBeUsed(folder, typeOf)))
  const chosen = join(folders[Math.max(usable.indexOf(true), 0)]!, fileName)
  const present = folders.map((folder) => join(folder, fileName)).filter((path) => existsSync(path))
  return { path: present.find((path) => path === chosen), others: present.filter((path) => path !== chosen) }
}

async function canBeUsed(folder: string, typeOf: TypeOf): Promise<boolean> {
  let present = folder
  while (!existsSync(present)) present = dirname(present)
  try {
    accessSync(present, constants.W_OK)
    return statSync(present).isDirectory() && !networkTypes.has(await typeOf(present))
  } catch {
    return false
  }
}

/** Nothing is to be kept on disk. */
export function isInMemory(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['EVALSPAN_OUTBOX']?.trim() === 'none'
}

/** In the order of preference. */
export function outboxFolders(env: NodeJS.ProcessEnv): string[] {
  const temporary = join(tmpdir(), `evalspan-${userName()}`)
  const chosen = env['EVALSPAN_OUTBOX']?.trim()
  return [chosen ? resolve(chosen) : stateFolder(env), temporary]
}

function stateFolder(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME']
  // The specification has relative paths ignored.
  if (state?.startsWith('/')) return join(state, 'evalspan')
  if (process.platform === 'win32' && env['LOCALAPPDATA']) return join(env['LOCALAPPDATA'], 'evalspan')
  return join(homedir(), '.local', 'state', 'evalspan')
}

/** A folder that was there keeps its mode: it may be shared. The files are private in any case. */
function makePrivate(folder: string): void {
  makeFolder(folder)
  const own = process.getuid?.()
  // In a folder for all somebody else may have made it first, to read along.
  if (folder.startsWith(tmpdir()) && own !== undefined && statSync(folder).uid !== own) {
    throw new Error('it belongs to another user')
  }
}

function userName(): string {
  return process.getuid ? String(process.getuid()) : userInfo().username
}

const units = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const
const days = { h: 3_600_000, d: 86_400_000 } as const

/** Most bytes that may wait for one destination, by `EVALSPAN_OUTBOX_MAX_BYTES` (`500M`, `2G`); a gibibyte without it. */
export function outboxMaxBytes(env: NodeJS.ProcessEnv = process.env): number {
  const name = 'EVALSPAN_OUTBOX_MAX_BYTES'
  const value = env[name]?.trim()
  if (!value) return units.g
  const [, amount, unit = ''] = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(value) ?? []
  if (amount === undefined || Number(amount) === 0) {
    throw new EvalspanError('BAD_OPTION', `${name} is "${value}": write bytes, or a number with K, M or G (500M, 2G)`)
  }
  return Number(amount) * units[unit.toLowerCase() as keyof typeof units]
}

/** How long an item may wait, by `EVALSPAN_OUTBOX_MAX_AGE` (`12h`, `90d`), in milliseconds; 30 days without it. */
export function outboxMaxAgeMs(env: NodeJS.ProcessEnv = process.env): number {
  const name = 'EVALSPAN_OUTBOX_MAX_AGE'
  const value = env[name]?.trim()
  if (!value) return 30 * days.d
  const [, amount, unit] = /^(\d+)\s*([hd])$/i.exec(value) ?? []
  if (amount === undefined || Number(amount) === 0) {
    throw new EvalspanError('BAD_OPTION', `${name} is "${value}": write hours or days (12h, 30d)`)
  }
  return Number(amount) * days[unit!.toLowerCase() as keyof typeof days]
}
