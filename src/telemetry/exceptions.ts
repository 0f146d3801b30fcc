import type { HrTime, SpanBody } from '../delivery/item.ts'
import type { EvalError } from '../inspect/records.ts'
import { spanError } from './errors.ts'
import { attributesOf, logItem, type RawItem } from './mapped.ts'
import type { SampleScope } from './scope.ts'
import { attribute, event } from './semconv.ts'

/** An exception as it is told: on the span that it escaped from, as a record of its own, or both. */
export interface RecordedException {
  readonly events: SpanBody['events']
  readonly records: readonly RawItem[]
}

/**
 * Tells an exception where the environment wants it (`OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN`). To be called once for each,
 * at the innermost span it escaped from. The stack is content.
 */
export function recordException(
  error: (EvalError & { readonly type?: string }) | undefined,
  spanId: string,
  time: HrTime,
  { settings, traceId, identity }: Pick<SampleScope, 'settings' | 'traceId' | 'identity'>,
  eventName: string = event.exception,
): RecordedException {
  if (!error) return { events: [], records: [] }
  const { message, type: named } = spanError(error, settings)
  const type = error.type ?? named
  const attributesWith = (stack: boolean) =>
    attributesOf({
      [attribute.exceptionType]: type,
      [attribute.exceptionMessage]: message,
      [attribute.exceptionStacktrace]: stack ? error.traceback || undefined : undefined,
    })
  const { spans, events } = settings.content
  const attributes = { ...attributesWith(events), ...identity }
  const record = { traceId, spanId, eventName, time, severity: 'warn' as const, attributes }
  return {
    events: settings.exceptions === 'logs' ? [] : [{ name: event.exception, time, attributes: attributesWith(spans) }],
    records: settings.exceptions === 'span-events' ? [] : [logItem(`exception|${spanId}`, record)],
  }
}
