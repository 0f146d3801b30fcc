import { runTraceId, sampleTraceId, spanId } from '../../src/telemetry/ids.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'

const uuid = 'uuid-é'

/** What the forwarder has to compute too, for the header that goes out with model calls: `python/tests/ids.json`. */
export function forwarderIds(): unknown {
  const sample = sampleTraceId(uuid)
  const run = runTraceId('run-1')
  const traces = Array.from({ length: 12 }, (_, number) => sampleTraceId(String(number)))
  return {
    uuid,
    run: 'run-1',
    sampleTrace: sample,
    runTrace: run,
    span: spanId(sample, 'span', 'inspect-span'),
    attempt: spanId(sample, 'eval_attempt', '2'),
    attemptInRun: spanId(run, 'eval_attempt', `${spanId(run, 'eval_sample', uuid)}|2`),
    sampled: ['0', '0.25', '0.5', '1'].map((ratio) => {
      const env = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: ratio }
      const { sampled } = telemetrySettings(env)
      return { ratio, traces: traces.filter(sampled) }
    }),
  }
}
