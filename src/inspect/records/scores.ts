import type { Json, Timestamp } from './values.ts'

export type ScoreValue = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }

export interface Provenance {
  readonly timestamp?: Timestamp | undefined
  readonly author?: string | undefined
  readonly reason?: string | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
}

export interface ScoreEdit {
  readonly value?: ScoreValue | undefined
  readonly answer?: string | undefined
  readonly explanation?: string | undefined
  readonly metadata?: Json | undefined
  readonly provenance?: Provenance | undefined
}

export interface Score {
  /** `NaN` means unscored. */
  readonly value: ScoreValue
  readonly answer?: string | undefined
  readonly explanation?: string | undefined
  /** Why it is unscored. */
  readonly reason?: string | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  /** The original first, then the edits, when somebody changed the score afterwards. */
  readonly history?: readonly ScoreEdit[] | undefined
}
