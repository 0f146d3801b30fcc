import type { Masker } from '../masking/masker.ts'
import { cut } from './cut.ts'

/** Error messages go out even when content is off, but not whole novels. */
const maximumMessage = 1000

export interface SpanError {
  readonly type: string
  readonly message: string
}

export const cancelled = 'cancelled'

/** What a log says of an error, as `error.type` and a status description. */
export function spanError(
  { message, traceback }: { readonly message: string; readonly traceback?: string | undefined },
  { masker }: { readonly masker?: Masker | undefined },
): SpanError {
  // In a record of events anything may stand.
  if (typeof message !== 'string') throw new Error('the message of an error is no text')
  const shown = message.length <= maximumMessage ? message : `${cut(message, maximumMessage - 1, masker)}…`
  return { type: errorType(message, traceback), message: shown }
}

/** True for what Inspect records when a sample or a call was cancelled. */
export function isCancelled(message: string): boolean {
  return /^(CancelledError|Cancelled)\(/.test(message) || /^Cancelled by (operator|limit|system)/.test(message)
}

/** Inspect gives errors as Python's `repr`: `RateLimitError('429 …')`. */
function errorType(message: string, traceback: string | undefined): string {
  if (isCancelled(message)) return cancelled
  const type =
    /^([A-Za-z_][\w.]*)\(/.exec(message)?.[1] ??
    /^([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\w*)\b/.exec(message)?.[1]
  if (type) return type
  const last = traceback?.trimEnd().split('\n').at(-1) ?? ''
  return /^([A-Za-z_][\w.]*)(?::|$)/.exec(last)?.[1] ?? '_OTHER'
}
