import { EvalspanError } from '../../src/exporter.ts'

const name = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'

/** `lowmemory` differs from `delta` only for instruments that we have none of. */
export function readTemporality(environment: NodeJS.ProcessEnv): 'cumulative' | 'delta' {
  const value = environment[name]?.trim().toLowerCase()
  if (!value || value === 'cumulative') return 'cumulative'
  if (value === 'delta' || value === 'lowmemory') return 'delta'
  throw new EvalspanError('BAD_OPTION', `${name} is "${value}": write one of cumulative, delta, lowmemory`)
}
