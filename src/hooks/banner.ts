import { EvalspanError } from '../errors.ts'
import type { EmitterOptions } from './emitter.ts'
import { isEnabled } from './enabled.ts'
import { Failures } from './failures.ts'
import { findProject, readPackageJson } from './package-json.ts'
import { globalRegistry } from './registry.ts'
import { reportToStderr } from './report.ts'

/**
 * One line that says which hooks are on: `evalspan 0.1.0: hooks on: w&b_hooks (Weights & Biases integration)`. Undefined
 * when none is. The caller decides where it goes; standard output may be somebody's data.
 */
export function bannerOf({ registry = globalRegistry, report = reportToStderr }: EmitterOptions = {}):
  | string
  | undefined {
  const failures = new Failures(report)
  const enabled = registry.list().filter((registered) => isEnabled(registered, failures))
  if (enabled.length === 0) return undefined
  const hooks = enabled.map(({ name, description }) => (description === '' ? name : `${name} (${description})`))
  return `${packageAndVersion()}: hooks on: ${hooks.join(', ')}`.replace(/\s+/g, ' ')
}

function packageAndVersion(): string {
  try {
    const file = findProject(import.meta.dirname)
    const { name, version } = file === undefined ? {} : readPackageJson(file).content
    // Bundled into an application, the nearest package.json is the application's.
    return name === 'evalspan' ? `evalspan ${String(version)}` : 'evalspan'
  } catch (error) {
    if (error instanceof EvalspanError) return 'evalspan'
    throw error
  }
}
