import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const version = '1.76.0'
const module = fileURLToPath(new URL('../tools', import.meta.url))

/** The path of a Jaeger, built with Go once and kept outside the repository; undefined when there is no Go. */
export function buildJaeger(): string | undefined {
  const file = join(cacheFolder(), 'jaeger')
  if (existsSync(file)) {
    return file
  }
  const go = ['go', '/usr/local/go/bin/go'].find(runs)
  if (go === undefined) {
    return undefined
  }
  mkdirSync(cacheFolder(), { recursive: true })
  console.log(`building Jaeger ${version} into ${file}: once, some minutes`)
  const unfinished = `${file}.${process.pid}`
  execFileSync(go, ['build', '-trimpath', '-o', unfinished, 'github.com/jaegertracing/jaeger/cmd/jaeger'], {
    cwd: module,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  renameSync(unfinished, file)
  return file
}

function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const sums = createHash('sha256')
    .update(readFileSync(join(module, 'go.sum')))
    .digest('hex')
  return join(cache, 'evalspan', `jaeger-v${version}-${sums.slice(0, 12)}`)
}

function runs(go: string): boolean {
  try {
    execFileSync(go, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
