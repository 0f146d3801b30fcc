import type { Finding } from './finding.ts'
import type { Scene } from './scene.ts'

/** Something that a log does not hold. */
export interface Gap {
  readonly name: string
  /** Why a log cannot hold it. */
  readonly reason: string
  covers(finding: Finding, scene: Scene): boolean
}

/** All that a log cannot hold. A difference that no entry covers is a mistake of the replay. */
export const gaps: readonly Gap[] = [
  {
    name: 'before_model_generate.sample_id',
    reason: 'A random id of its own, which Inspect writes nowhere else.',
    covers: ({ kind, hook, path, live, replayed }) =>
      kind === 'field' &&
      hook === 'onBeforeModelGenerate' &&
      path === 'sample_id' &&
      typeof live === 'string' &&
      replayed === null,
  },
]
