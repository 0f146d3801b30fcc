import { EvalspanError } from '../errors.ts'
import type { Masker } from '../masking/masker.ts'
import { generationOf, type Generation } from './semconv.ts'

/** What the environment says of the mapping. Read once: ids and content of a run do not change under way. */
export interface TelemetrySettings {
  readonly generation: Generation
  /** Whether prompts, completions, tool arguments, … go on spans and on event records. Off by default. */
  readonly content: { readonly spans: boolean; readonly events: boolean }
  /** Where exceptions go: span events, log records, or both. */
  readonly exceptions: 'span-events' | 'logs' | 'both'
  /** `sample`: one trace for each sample; `run`: all of a run in one trace, for small suites. */
  readonly traceShape: 'sample' | 'run'
  /** Decided on the trace id alone, so whole samples stay or go. */
  readonly sampled: (traceId: string) => boolean
  /** Takes secrets out of all that leaves; left out, they stay. */
  readonly masker?: Masker | undefined
}

export function telemetrySettings(env: NodeJS.ProcessEnv = process.env, masker?: Masker): TelemetrySettings {
  return {
    masker,
    generation: generationOf(env),
    content: contentOf(env),
    exceptions: exceptionsOf(env),
    traceShape: traceShapeOf(env),
    sampled: samplerOf(env),
  }
}

function contentOf(env: NodeJS.ProcessEnv): TelemetrySettings['content'] {
  const name = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
  switch ((env[name] ?? '').trim().toLowerCase()) {
    case '':
    case 'no_content':
    case 'false':
      return { spans: false, events: false }
    case 'span_only':
      return { spans: true, events: false }
    case 'event_only':
      return { spans: false, events: true }
    case 'span_and_event':
    case 'true':
      return { spans: true, events: true }
    default:
      throw badValue(env, name, 'NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT')
  }
}

function exceptionsOf(env: NodeJS.ProcessEnv): TelemetrySettings['exceptions'] {
  const optIns = (env['OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN'] ?? '').split(',').map((name) => name.trim())
  if (optIns.includes('logs/dup')) return 'both'
  return optIns.includes('logs') ? 'logs' : 'span-events'
}

function traceShapeOf(env: NodeJS.ProcessEnv): TelemetrySettings['traceShape'] {
  const name = 'EVALSPAN_TRACE_SHAPE'
  const shape = env[name] || 'sample'
  if (shape !== 'sample' && shape !== 'run') throw badValue(env, name, 'sample or run')
  return shape
}

function samplerOf(env: NodeJS.ProcessEnv): TelemetrySettings['sampled'] {
  const name = 'OTEL_TRACES_SAMPLER'
  // Our traces have no remote parent, so the parent-based samplers come down to their root sampler.
  const kind = (env[name] || 'always_on')
    .trim()
    .toLowerCase()
    .replace(/^parentbased_/, '')
  switch (kind) {
    case 'always_on':
      return () => true
    case 'always_off':
      return () => false
    case 'traceidratio':
      return ratioSampler(ratioOf(env))
    default:
      throw badValue(env, name, 'always_on, always_off, traceidratio or one of these with parentbased_ before it')
  }
}

function ratioOf(env: NodeJS.ProcessEnv): number {
  const name = 'OTEL_TRACES_SAMPLER_ARG'
  const ratio = Number(env[name] || '1')
  if (!(ratio >= 0 && ratio <= 1)) throw badValue(env, name, 'a number from 0 to 1')
  return ratio
}

/** As `TraceIdRatioBasedSampler` of OpenTelemetry's SDK 3.x decides, which takes long to load for so little. */
function ratioSampler(ratio: number): TelemetrySettings['sampled'] {
  const bound = ratio === 1 ? 2 ** 32 : Math.floor(ratio * 0xffffffff)
  return (traceId) => {
    let sum = 0
    for (let at = 0; at < traceId.length; at += 8) sum = (sum ^ Number.parseInt(traceId.slice(at, at + 8), 16)) >>> 0
    return sum < bound
  }
}

function badValue(env: NodeJS.ProcessEnv, name: string, allowed: string): EvalspanError {
  return new EvalspanError('BAD_OPTION', `${name} is \`${env[name]}\`; use ${allowed}`)
}
