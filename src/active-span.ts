import { context, createContextKey, trace, TraceFlags } from '@opentelemetry/api'
import type { WithinSpan } from './runner/task/task-context.ts'
import { runTraceId, sampleTraceId, spanId } from './telemetry/ids.ts'
import type { TelemetrySettings } from './telemetry/settings.ts'

/**
 * Makes the span of what is running OpenTelemetry's active one, before it is there: its ids are computed, so what user code
 * traces itself (tools, HTTP clients, the AI SDK) hangs below it. Works where the program has set up OpenTelemetry.
 */
export function withinSpan({ traceShape, sampled }: Pick<TelemetrySettings, 'traceShape' | 'sampled'>): WithinSpan {
  return ({ runId, evalSetId, uuid, kind, id }, run) => {
    if (!isContextKept()) return run()
    const traceId = traceShape === 'run' ? runTraceId(evalSetId ?? runId) : sampleTraceId(uuid)
    const key = kind === 'attempt' && traceShape === 'run' ? `${spanId(traceId, 'eval_sample', uuid)}|${id}` : id
    const own = spanId(traceId, kind === 'attempt' ? 'eval_attempt' : kind, key)
    const traceFlags = sampled(traceId) ? TraceFlags.SAMPLED : TraceFlags.NONE
    return context.with(trace.setSpanContext(context.active(), { traceId, spanId: own, traceFlags }), run)
  }
}

const probe = context.active().setValue(createContextKey('evalspan probe'), true)

/** Only where the program has set up OpenTelemetry there is anything that hangs below a span. */
function isContextKept(): boolean {
  return context.with(probe, () => context.active() === probe)
}
