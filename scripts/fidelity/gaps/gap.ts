import type { HookName } from '../../../src/hooks/hooks.ts'
import type { Finding } from '../finding.ts'
import type { Scene } from '../scene.ts'

/** Something that a log does not hold. */
export interface Gap {
  readonly name: string
  /** Why a log cannot hold it. */
  readonly reason: string
  /** Whether a finding comes from that. */
  readonly covers: (finding: Finding, scene: Scene) => boolean
}

/** Whether a finding is about a field of one of these hooks. */
export function isField({ kind, hook, path }: Finding, hooks: readonly HookName[], pattern: RegExp | string): boolean {
  return (
    kind === 'field' && hooks.includes(hook) && (typeof pattern === 'string' ? path === pattern : pattern.test(path))
  )
}

/** The hooks that carry a sample's summary as it was before it ran. */
export const withSummary: readonly HookName[] = [
  'onSampleInit',
  'onSampleStart',
  'onSampleAttemptStart',
  'onSampleAttemptEnd',
]

/** The error in a log that `inspect log recover` wrote. */
export const recoveredError = 'Eval recovered from crash'
