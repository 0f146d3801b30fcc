import { EvalspanError } from '../errors.ts'
import type { EventMeta } from './hooks.ts'
import { globalRegistry, type Registry } from './registry.ts'

type Environment = { readonly [name: string]: string | undefined }

export interface RequiredHooksOptions {
  /** Whose run it is: what Inspect requires is Inspect's own to check in its runs. */
  readonly host: EventMeta['host']
  readonly env?: Environment | undefined
  readonly registry?: Registry | undefined
}

/**
 * Throws an `EvalspanError` when hooks that an environment variable requires are not registered; disabled ones count as
 * registered.
 */
export function checkRequiredHooks({ host, env = process.env, registry = globalRegistry }: RequiredHooksOptions): void {
  const variables =
    host === 'evalspan' ? ['EVALSPAN_REQUIRED_HOOKS', 'INSPECT_REQUIRED_HOOKS'] : ['EVALSPAN_REQUIRED_HOOKS']
  const registered = registry.list().map(({ name }) => name)
  const missing = new Map<string, string[]>()
  for (const variable of variables) {
    for (const name of new Set(namesIn(env[variable]))) {
      if (!registered.includes(name)) missing.set(name, [...(missing.get(name) ?? []), variable])
    }
  }
  if (missing.size === 0) return
  const lines = [...missing].map(
    ([name, askedBy]) => `  '${name}', required by ${askedBy.join(' and ')}: ${howToGet(name, env)}`,
  )
  throw new EvalspanError(
    'MISSING_HOOK',
    ['required hooks are missing:', ...lines, `Registered hooks: ${registered.join(', ') || 'none'}.`].join('\n'),
  )
}

function namesIn(list = ''): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function howToGet(name: string, env: Environment): string {
  const packageName = /^((?:@[^/]+\/)?[^/]+)\/./.exec(name)?.[1]
  if (packageName === undefined) {
    return `register it with hooks('${name}', …), or name its package or file in EVALSPAN_PLUGINS`
  }
  const none = namesIn(env['EVALSPAN_PLUGINS']).includes('none')
  return none ? `EVALSPAN_PLUGINS=none leaves out all packages: change it` : `npm install ${packageName}`
}
