export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** ISO 8601 with offset, up to microseconds: `2026-11-21T05:56:09.518245+00:00`. */
export type Timestamp = string

export interface EvalError {
  readonly message: string
  readonly traceback: string
  readonly traceback_ansi: string
}
