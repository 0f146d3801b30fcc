import { bannerOf } from './banner.ts'
import { discoverHooks } from './discovery.ts'
import type { EventMeta } from './hooks.ts'
import { processWide } from './process-wide.ts'
import { globalRegistry, type Registry } from './registry.ts'
import { reportToStderr, type Report } from './report.ts'
import { checkRequiredHooks } from './required.ts'

export interface StartOptions {
  /** Whose run it is. */
  readonly host: EventMeta['host']
  /** Where the search for hooks begins; the working folder when left out. */
  readonly cwd?: string | undefined
  readonly env?: { readonly [name: string]: string | undefined } | undefined
  /** The one of the process when left out. */
  readonly registry?: Registry | undefined
  /** Takes what went wrong, a line each; standard error when left out. */
  readonly report?: Report | undefined
  /** Takes the line that says which hooks are on, once for a registry. */
  readonly banner?: ((line: string) => void) | undefined
}

interface Start {
  discovery?: Promise<void>
  announced?: boolean
}

const starts = processWide('starts', () => new WeakMap<Registry, Start>())

/**
 * Makes hooks ready for a run: discovers and loads them, checks the required ones and announces those that are on. May be
 * called before every run: a registry is searched for once. Rejects with an `EvalspanError` (`MISSING_HOOK`) when a
 * required one is missing, and for nothing else.
 */
export async function startHooks({
  host,
  cwd = process.cwd(),
  env = process.env,
  registry = globalRegistry,
  report = reportToStderr,
  banner,
}: StartOptions): Promise<void> {
  const start = starts.get(registry) ?? {}
  starts.set(registry, start)
  await (start.discovery ??= discoverHooks({ cwd, env, registry, report }))
  await registry.load(report)
  checkRequiredHooks({ host, env, registry })
  if (!banner || start.announced) return
  const line = bannerOf({ registry, report })
  if (line === undefined) return
  start.announced = true
  banner(line)
}
