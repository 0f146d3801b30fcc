import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EvalspanError } from '../errors.ts'
import { declaredModule, dependencyModule, pluginModule, type HooksModule } from './hooks-module.ts'
import { isObject } from './is-object.ts'
import { moduleEntries } from './module-entry.ts'
import { findProject, readPackageJson, type PackageJson } from './package-json.ts'
import { processWide } from './process-wide.ts'
import { registrationScope } from './registration-scope.ts'
import type { Registration, Registry } from './registry.ts'
import { lineOf, safely, type Report } from './report.ts'

export interface DiscoveryOptions {
  /** Where the search begins. */
  readonly cwd: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly registry: Registry
  readonly report: Report
}

/** Something that may have hooks. */
interface Candidate {
  /** For the user, after "hooks of". */
  readonly label: string
  readonly locate: () => HooksModule | undefined
}

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/**
 * Imports the modules that declare hooks: the project's own, those of its direct dependencies, and what `EVALSPAN_PLUGINS`
 * names beyond; none of them when it says `none`. What fails is reported, a line each, and the others are still loaded.
 */
export async function discoverHooks({ cwd, env, registry, report }: DiscoveryOptions): Promise<void> {
  const folder = resolve(cwd)
  const tell = safely(report)
  const plugins = moduleEntries(env['EVALSPAN_PLUGINS'])
  if (plugins.includes('none')) {
    const others = plugins.filter((entry) => entry !== 'none').map((entry) => `'${entry}'`)
    if (others.length > 0) {
      tell(`EVALSPAN_PLUGINS says 'none', which leaves out ${others.join(', ')} as well: remove 'none' to load them`)
    }
    return
  }
  const candidates = [...projectCandidates(folder, tell), ...plugins.map((entry) => pluginCandidate(entry, folder))]
  const seen = new Set<string>()
  for (const { label, locate } of candidates) {
    try {
      const module = locate()
      if (!module || seen.has(module.file)) continue
      seen.add(module.file)
      await importModule(module, registry)
    } catch (error) {
      tell(`hooks of ${label} are left out: ${lineOf(error)}`)
    }
  }
}

function projectCandidates(folder: string, report: Report): Candidate[] {
  const file = findProject(folder)
  if (file === undefined) return []
  try {
    const project = readPackageJson(file)
    return [
      { label: 'this project', locate: () => declaredModule(project) },
      ...dependencyNames(project, report).map((name) => ({
        label: `package '${name}'`,
        locate: () => dependencyModule(name, dirname(file)),
      })),
    ]
  } catch (error) {
    report(`hooks of this project and of its dependencies are left out: ${lineOf(error)}`)
    return []
  }
}

function dependencyNames({ file, content }: PackageJson, report: Report): string[] {
  const names = dependencyFields.flatMap((field) => {
    const dependencies = content[field] ?? {}
    if (isObject(dependencies)) return Object.keys(dependencies)
    report(`hooks of the project's ${field} are left out: "${field}" in ${file} has to be an object: correct the file`)
    return []
  })
  return [...new Set(names)]
}

function pluginCandidate(entry: string, folder: string): Candidate {
  return { label: `'${entry}' in EVALSPAN_PLUGINS`, locate: () => pluginModule(entry, folder) }
}

/** What each module registered, for registries that come later: a module runs only once in a process. */
const imported = processWide('importedModules', () => new Map<string, Promise<readonly Registration[]>>())

async function importModule({ file, packageName }: HooksModule, registry: Registry): Promise<void> {
  const url = pathToFileURL(file).href
  const known = imported.get(url)
  if (known) {
    for (const registration of await known) registry.register(registration)
    return
  }
  const registrations: Registration[] = []
  const importing = registrationScope
    .run({ registry, packageName, registrations }, () => import(url))
    .then(
      () => registrations,
      (error: unknown) => {
        imported.delete(url)
        throw new EvalspanError(
          'BAD_HOOK',
          `${file} cannot be imported (${lineOf(error)}): correct it, or leave it out`,
          {
            cause: error,
          },
        )
      },
    )
  imported.set(url, importing)
  await importing
}
