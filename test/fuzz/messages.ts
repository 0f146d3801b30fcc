import type { Verdict } from './oracle.ts'

/** What a worker is asked for: one run, in a folder of its own. `go` starts the replay. */
export interface Request {
  readonly seed: number
  readonly index: number
  readonly folder: string
}

export type Response =
  | { readonly step: 'up' }
  /** The damaged log is written; `bytes` are those of all files. */
  | {
      readonly step: 'ready'
      readonly kind: string
      readonly note: string
      readonly damage: string
      readonly bytes: number
      readonly expands: number
    }
  | {
      readonly step: 'done'
      readonly verdict: Verdict
      readonly milliseconds: number
      /** The first one that was told. */
      readonly problem: string | undefined
    }
