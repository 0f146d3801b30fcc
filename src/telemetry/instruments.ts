import type { Attributes, HrTime, Instrument, Measurement } from '../delivery/item.ts'

/** Boundaries that the GenAI conventions give for durations, and four more: reasoning models pass 82 s. */
const callSeconds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68, 655.36,
  1310.72,
]
const agentSeconds = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6]
const sampleSeconds = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200]
const taskSeconds = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200]
const waitSeconds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 1800]
const tokens = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864]
const calls = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
const tenths = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

function histogram(name: string, unit: string, description: string, boundaries: readonly number[]): Instrument {
  return { name, type: 'histogram', unit, description, boundaries }
}

function counter(name: string, unit: string, description: string): Instrument {
  return { name, type: 'counter', unit, description }
}

/** All instruments. `gen_ai.*` are those of the GenAI conventions, in their two generations; `eval.*` are ours. */
export const instrument = {
  operationDuration: histogram(
    'gen_ai.client.operation.duration',
    's',
    'Duration of a model call, waits included',
    callSeconds,
  ),
  tokenUsage: histogram('gen_ai.client.token.usage', '{token}', 'Tokens of a model call', tokens),
  inferenceDuration: histogram(
    'gen_ai.client.inference.duration',
    's',
    'Duration of a model call, waits included',
    callSeconds,
  ),
  inferenceInput: counter(
    'gen_ai.client.inference.usage.input_tokens',
    '{token}',
    'Input tokens, cached ones included',
  ),
  inferenceOutput: counter('gen_ai.client.inference.usage.output_tokens', '{token}', 'Output tokens'),
  inferenceCacheRead: counter(
    'gen_ai.client.inference.usage.cache_read.input_tokens',
    '{token}',
    'Input tokens read from the provider’s cache',
  ),
  inferenceCacheWrite: counter(
    'gen_ai.client.inference.usage.cache_write.input_tokens',
    '{token}',
    'Input tokens written to the provider’s cache',
  ),
  inferenceReasoning: counter(
    'gen_ai.client.inference.usage.reasoning.output_tokens',
    '{token}',
    'Output tokens spent on reasoning',
  ),
  operationInput: histogram(
    'gen_ai.client.inference.operation.input_tokens',
    '{token}',
    'Input tokens of a model call',
    tokens,
  ),
  operationOutput: histogram(
    'gen_ai.client.inference.operation.output_tokens',
    '{token}',
    'Output tokens of a model call',
    tokens,
  ),
  agentDuration: histogram('gen_ai.invoke_agent.duration', 's', 'Duration of an agent’s work', agentSeconds),
  agentInferenceCalls: histogram('gen_ai.invoke_agent.inference_calls', '{call}', 'Model calls of an agent', calls),
  agentToolCalls: histogram('gen_ai.invoke_agent.tool_calls', '{call}', 'Tool calls of an agent', calls),
  toolDuration: histogram('gen_ai.execute_tool.duration', 's', 'Duration of a tool call', callSeconds),

  sampleDuration: histogram('eval.sample.duration', 's', 'Duration of a sample, all attempts', sampleSeconds),
  sampleCompleted: counter('eval.sample.completed', '{sample}', 'Samples finished'),
  sampleActive: { name: 'eval.sample.active', type: 'updowncounter', unit: '{sample}', description: 'Samples at work' },
  sampleAttempt: counter('eval.sample.attempt', '{attempt}', 'Attempts at samples'),
  modelRetry: counter('eval.model.retry', '{retry}', 'Model calls tried again'),
  modelRetryWait: histogram('eval.model.retry.wait_time', 's', 'Wait before a model call is tried again', waitSeconds),
  cacheLookup: counter('eval.model.cache.lookup', '{lookup}', 'Look-ups in Inspect’s cache'),
  cacheSaved: counter('eval.model.cache.saved_tokens', '{token}', 'Tokens that Inspect’s cache saved'),
  score: histogram('eval.score', '1', 'Grades and verdicts, from 0 to 1', tenths),
  metricValue: {
    name: 'eval.metric.value',
    type: 'gauge',
    unit: '1',
    description: 'A metric over the samples of a task',
  },
  result: counter('eval.result', '{result}', 'Scores by label'),
  cost: counter('eval.cost', '{USD}', 'Cost of model calls'),
  taskDuration: histogram('eval.task.duration', 's', 'Duration of a task', taskSeconds),
  bridgeEvent: counter('eval.bridge.event', '{event}', 'Events of samples, by what the mapping made of them'),
} as const satisfies { readonly [name: string]: Instrument }

/** A measurement, or none for a value that would spoil its series: not finite, or below zero where sums only grow. */
export function measure(
  target: Instrument,
  value: number | undefined,
  attributes: Attributes,
  time: HrTime,
): Measurement[] {
  if (value === undefined || !Number.isFinite(value)) return []
  if (value < 0 && (target.type === 'counter' || target.type === 'histogram')) return []
  return [{ instrument: target, value, attributes, time }]
}
