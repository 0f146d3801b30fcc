import type { EvalLog } from '../../src/inspect/records.ts'
import type { Fired } from './fired.ts'
import type { Pair } from './pairs.ts'

/** All that was fired and logged in one scenario, for those who judge a single finding. */
export class Scene {
  readonly live: readonly Fired[]
  readonly replayed: readonly Fired[]
  readonly headers: ReadonlyMap<string, EvalLog>
  readonly pairs: readonly Pair[]

  constructor(parts: {
    readonly live: readonly Fired[]
    readonly replayed: readonly Fired[]
    readonly headers: readonly EvalLog[]
    readonly pairs: readonly Pair[]
  }) {
    this.live = parts.live
    this.replayed = parts.replayed
    this.headers = new Map(parts.headers.map((header) => [header.eval.eval_id, header]))
    this.pairs = parts.pairs
  }
}
