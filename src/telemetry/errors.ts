import type { Attributes, HrTime } from '../delivery/item.ts'
import type { EvalError } from '../inspect/records.ts'
import { attributesOf } from './mapped.ts'
import { attribute, event } from './semconv.ts'

/** Error messages go out even when content is off, but not whole novels. */
const maximumMessage = 1000

export interface SpanError {
  readonly type: string
  readonly message: string
}

export const cancelled = 'cancelled'

/** What a log says of an error, as `error.type` and a status description. */
export function spanError(error: Pick<EvalError, 'message'> & Partial<EvalError>): SpanError {
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

/** The event by which a span says which exception ended it. The stack is content. */
export function exceptionEvent(
  error: EvalError,
  time: HrTime,
  withStack: boolean,
): { readonly name: string; readonly time: HrTime; readonly attributes: Attributes } {
  const { type, message } = spanError(error)
  return {
    name: event.exception,
    time,
    attributes: attributesOf({
      [attribute.exceptionType]: type,
      [attribute.exceptionMessage]: message,
      [attribute.exceptionStacktrace]: withStack ? error.traceback : undefined,
    }),
  }
}

function cut(message: string): string {
  return message.length <= maximumMessage ? message : `${message.slice(0, maximumMessage - 1)}…`
}
