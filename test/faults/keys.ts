/** What a span is known by, at the mapping as at a backend. */
export function spanKey({ traceId, spanId }: { readonly traceId: unknown; readonly spanId: unknown }): string {
  return `${String(traceId)}/${String(spanId)}`
}

/** What a log record is known by: its span, and the scorer it tells of. OTLP has no id for it. */
export function logKey(record: {
  readonly traceId: unknown
  readonly spanId: unknown
  readonly attributes: { readonly [name: string]: unknown }
}): string {
  return `${spanKey(record)}/${String(record.attributes['gen_ai.evaluation.name'])}`
}
