import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

/** The releases that the forwarder is tried with: the newest, which all other tests use, one in the middle, the oldest. */
export const inspectReleases = ['0.3.285', '0.3.200', '0.3.112'] as const
export type InspectRelease = (typeof inspectReleases)[number]

/** What these releases of Inspect, as they are pinned, ask for. */
const leastMinor = 11
/** Somebody else is installing it. */
const waitMs = 10 * 60_000

export type InspectPython =
  | { readonly python: string }
  /** Why there is none, to go on a sentence. */
  | { readonly missing: string }

/**
 * The Python of a virtual environment with Inspect, made once and kept outside the repository. It cannot be made
 * elsewhere and moved, so a file that is written last says that it is whole; one without is made anew.
 */
export function makeInspect(release: InspectRelease = inspectReleases[0]): InspectPython {
  const requirements = requirementsOf(release)
  const folder = cacheFolder(release, requirements)
  const python = join(folder, 'bin', 'python')
  if (isWhole(folder)) return { python }
  const base = ['python3', 'python'].find(isUsable)
  if (base === undefined) {
    return { missing: `no Python of version 3.${leastMinor} or later (with its module venv) is installed` }
  }
  mkdirSync(dirname(folder), { recursive: true })
  using _ = lock(`${folder}.lock`)
  // Whoever had the lock may have made it.
  if (isWhole(folder)) return { python }
  rmSync(folder, { recursive: true, force: true })
  console.log(`installing Inspect into ${folder}: once, a minute or two`)
  execFileSync(base, ['-m', 'venv', folder], { stdio: ['ignore', 'inherit', 'inherit'] })
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--quiet', '-r', requirements]
  const { status, stderr } = spawnSync(python, pip, { encoding: 'utf8' })
  if (status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    // What pip says of a server that it cannot reach, before it gives up and says that there is no such package.
    if (/Retrying \(Retry/.test(stderr)) return { missing: 'PyPI cannot be reached to install it from' }
    throw new Error(`Inspect could not be installed into ${folder}:\n${stderr}`)
  }
  writeFileSync(markerIn(folder), versionOf(python))
  return { python }
}

function requirementsOf(release: InspectRelease): string {
  const name = release === inspectReleases[0] ? 'requirements.txt' : `requirements-${release}.txt`
  return fileURLToPath(new URL(`inspect/${name}`, import.meta.url))
}

function cacheFolder(release: InspectRelease, requirements: string): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const sum = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  return join(cache, 'evalspan', `inspect-${release}-${sum.slice(0, 12)}`)
}

/** It was finished, and the Python that it was made with is still there as it was. */
function isWhole(folder: string): boolean {
  const marker = markerIn(folder)
  return existsSync(marker) && readFileSync(marker, 'utf8') === versionOf(join(folder, 'bin', 'python'))
}

function markerIn(folder: string): string {
  return join(folder, 'made-with')
}

/** Empty when it does not run. */
function versionOf(python: string): string {
  return spawnSync(python, ['--version'], { encoding: 'utf8' }).stdout ?? ''
}

function isUsable(python: string): boolean {
  const [, major, minor] = /^Python (\d+)\.(\d+)\./.exec(versionOf(python)) ?? []
  if (Number(major) !== 3 || Number(minor) < leastMinor) return false
  // Debian has it in a package of its own.
  return spawnSync(python, ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0
}

/** Waits for others, and is given back when this process is gone, whatever ended it. */
function lock(file: string): Disposable {
  const database = new DatabaseSync(file, { timeout: waitMs })
  database.exec('BEGIN EXCLUSIVE')
  return { [Symbol.dispose]: () => database.close() }
}
