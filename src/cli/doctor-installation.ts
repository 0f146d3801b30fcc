import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { arch, platform } from 'node:process'
import { join } from 'node:path'
import type { Finding } from './doctor-report.ts'
import { packageFolder } from './package-folder.ts'

interface PackageJson {
  readonly version: string
  readonly engines: { readonly node: string }
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } }
}

/** Whether evalspan itself is in order: its version, Node's, and the packages that only some need. */
export function checkInstallation(): Finding[] {
  const { version, engines, peerDependenciesMeta = {} } = readPackage(join(packageFolder(), 'package.json'))
  const optional = Object.keys(peerDependenciesMeta).filter((name) => peerDependenciesMeta[name]!.optional)
  return [
    { what: 'evalspan', ok: true, detail: version },
    checkNode(process.versions.node, engines.node),
    ...optional.map((name) => checkOptional(name)),
  ]
}

function checkNode(version: string, range: string): Finding {
  const needed = range.replace(/^>=\s*/, '')
  const detail = `${version} on ${platform} ${arch}`
  if (!isOlder(version, needed)) return { what: 'Node', ok: true, detail }
  return { what: 'Node', ok: false, detail, advice: `install Node ${needed} or newer` }
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0
}

function checkOptional(name: string): Finding {
  const version = installedVersion(name)
  if (version !== undefined) return { what: name, ok: true, detail: version }
  return { what: name, ok: undefined, detail: `not installed; what needs it says so (npm install ${name})` }
}

function installedVersion(name: string): string | undefined {
  try {
    const file = findPackageJSON(name, import.meta.url)
    return file === undefined ? undefined : readPackage(file).version
  } catch {
    return undefined
  }
}

function readPackage(file: string): PackageJson {
  return JSON.parse(readFileSync(file, 'utf8')) as PackageJson
}
