/** Packs the package, installs it into an empty project as a user would, and tries what it is for. */
import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const largestMegabytes = 36
const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const project = mkdtempSync(join(tmpdir(), 'evalspan-package-'))

const optional = [
  ['s3://logs/a.eval', '@aws-sdk/client-s3'],
  ['gs://logs/a.eval', '@google-cloud/storage'],
  ['az://logs/a.eval', '@azure/storage-blob'],
] as const

try {
  run('npm', ['pack', '--silent', '--pack-destination', project], root)
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? ''
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  run('npm', ['install', '--silent', '--omit=dev', '--no-audit', '--no-fund', `./${tarball}`], project)

  expectEqual('evalspan --version', run(join(project, 'node_modules/.bin/evalspan'), ['--version'], project), version)
  const script = `console.log(typeof (await import('evalspan')).Hooks)`
  expectEqual(
    "Hooks of import('evalspan')",
    run(process.execPath, ['--input-type=module', '--eval', script], project),
    'function',
  )
  run(join(project, 'node_modules/.bin/evalspan'), ['demo'], project)
  expectEqual('items in the outbox, with no backend', String(itemsThatWait()), '154')
  if (spawnSync('python3', ['--version']).status === 0) {
    const names = `[p.value for p in entry_points(group='inspect_ai')]`
    const program = `from importlib.metadata import entry_points; print('evalspan_boot' in ${names})`
    const command = ['run', '--', 'python3', '-c', program]
    expectEqual(
      'a Python in `evalspan run` finds the forwarder',
      run(join(project, 'node_modules/.bin/evalspan'), command, project),
      'True',
    )
  }
  for (const [path, name] of optional) expectEqual(`what ${path} needs`, complaintOf(path), installIt(path, name))
  const megabytes = sizeOf(join(project, 'node_modules')) / 1e6
  console.log(`installed size: ${megabytes.toFixed(1)} MB of at most ${largestMegabytes} MB`)
  if (megabytes > largestMegabytes) {
    throw new Error(`The package and its dependencies are ${megabytes.toFixed(1)} MB: find out which one grew.`)
  }
} finally {
  rmSync(project, { recursive: true, force: true })
}

/** What a user is told who did not install what a path needs. */
function complaintOf(path: string): string {
  const evalspan = join(project, 'node_modules/.bin/evalspan')
  const env = { ...process.env, EVALSPAN_OUTBOX: 'none' }
  return spawnSync(evalspan, ['replay', path], { cwd: project, env, encoding: 'utf8' }).stderr.trim()
}

function installIt(path: string, name: string): string {
  return `error: ${path.slice(0, 5)} needs a package that is not installed: npm install ${name}`
}

/** A replay without a backend, by the thread of the outbox as it is built. */
function itemsThatWait(): number {
  const evalspan = join(project, 'node_modules/.bin/evalspan')
  const env = {
    ...process.env,
    EVALSPAN_OUTBOX: join(project, 'outbox'),
    EVALSPAN_FLUSH_TIMEOUT: '100ms',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  }
  spawnSync(evalspan, ['replay', join(project, 'node_modules/evalspan/demo')], { cwd: project, env, stdio: 'ignore' })
  const { stdout } = spawnSync(evalspan, ['status', '--json'], { cwd: project, env, encoding: 'utf8' })
  const { destinations } = JSON.parse(stdout) as { destinations: { waiting: number; isMetrics?: true }[] }
  return destinations.reduce((sum, { waiting, isMetrics }) => sum + (isMetrics ? 0 : waiting), 0)
}

function run(command: string, flags: readonly string[], cwd: string): string {
  return execFileSync(command, flags, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}

function expectEqual(what: string, actual: string, expected: string): void {
  if (actual !== expected) {
    throw new Error(`${what}: expected ${expected}, got ${actual}`)
  }
  console.log(`${what}: ${actual}`)
}

/** Bytes that a folder takes on the disk. */
function sizeOf(path: string): number {
  const stats = lstatSync(path)
  const inside = stats.isDirectory() ? readdirSync(path).map((name) => sizeOf(join(path, name))) : []
  return inside.reduce((sum, bytes) => sum + bytes, stats.blocks * 512)
}
