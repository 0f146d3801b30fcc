/** The few constants of OpenTelemetry's metrics, whose packages are only loaded once metrics are asked for. */
export interface OtelMetrics {
  readonly AggregationTemporality: typeof import('@opentelemetry/sdk-metrics').AggregationTemporality
  readonly DataPointType: typeof import('@opentelemetry/sdk-metrics').DataPointType
  readonly ValueType: typeof import('@opentelemetry/api').ValueType
}

export async function otelMetrics(): Promise<OtelMetrics> {
  const [{ AggregationTemporality, DataPointType }, { ValueType }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/api'),
  ])
  return { AggregationTemporality, DataPointType, ValueType }
}
