/** Error messages go out even when content is off, but not whole novels. */
const maximumMessage = 1000

export interface SpanError {
  readonly type: string
  readonly message: string
}

export const cancelled = 'cancelled'

/** What a log says of an error, as `error.type` and a status description. */
export function spanError(error: { readonly message: string; readonly traceback?: string | undefined }): SpanError {
  return { type: errorType(error.message, error.traceback), message: cut(error.message) }
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

function cut(message: string): string {
  return message.length <= maximumMessage ? message : `${message.slice(0, maximumMessage - 1)}…`
}
