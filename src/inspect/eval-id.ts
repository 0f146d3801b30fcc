import { base57 } from './base57.ts'
import { blake2s } from './blake2s.ts'
import type { EvalSpec } from './records.ts'

/** The id that Inspect computes for an eval of a log which is older than eval ids: the same on every read. */
export function computeEvalId(spec: Pick<EvalSpec, 'run_id' | 'task_id' | 'created'>): string {
  return base57(blake2s(Buffer.from(spec.run_id + spec.task_id + spec.created, 'utf8'), 16))
}
