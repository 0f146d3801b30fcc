import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Undefined when there is no Go. */
export const go: string | undefined = ['go', '/usr/local/go/bin/go'].find(runs)

/** An S3 server that keeps objects as files. */
export function fetchVersitygw(): string {
  return fetchGoServer('versitygw', 'github.com/versity/versitygw/cmd/versitygw', 'v1.8.0')
}

/** Google Cloud Storage in memory. */
export function fetchGcsServer(): string {
  return fetchGoServer('fake-gcs-server', 'github.com/fsouza/fake-gcs-server', 'v1.56.1')
}

/** Microsoft's own emulator of Azure Storage: a script for Node, too large for everybody's `npm ci`. */
export function fetchAzurite(): string {
  const version = '3.37.0'
  const folder = fetchOnce(`azurite-v${version}`, (target) => {
    writeFileSync(join(target, 'package.json'), '{ "private": true }')
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    execFileSync('npm', ['install', ...options, `azurite@${version}`], { cwd: target, stdio: 'inherit' })
  })
  return join(folder, 'node_modules/azurite/dist/src/blob/main.js')
}

function fetchGoServer(name: string, module: string, version: string): string {
  const folder = fetchOnce(`${name}-${version}`, (target) => {
    const env = { ...process.env, GOBIN: target, CGO_ENABLED: '0', GOWORK: 'off' }
    execFileSync(go!, ['install', `${module}@${version}`], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  })
  return join(folder, name)
}

/** Kept outside the repository. What is fetched half appears under its name never. */
function fetchOnce(name: string, fetch: (folder: string) => void): string {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'evalspan')
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  console.log(`fetching ${name} into ${folder}: once, some minutes`)
  mkdirSync(cache, { recursive: true })
  const unfinished = mkdtempSync(join(cache, `${name}.`))
  try {
    fetch(unfinished)
    // Another run may have been faster.
    if (!existsSync(folder)) renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return folder
}

function runs(command: string): boolean {
  try {
    execFileSync(command, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
