import { z } from 'zod'
import { count, error, name, seconds, values } from './parts.ts'

const modelError = error.extend({
  status: z.int().optional(),
  retry: z.boolean().optional(),
  retry_after: seconds.optional(),
})

const usage = z.strictObject({
  input_tokens: count,
  output_tokens: count,
  total_tokens: count,
  input_tokens_cache_write: count.optional(),
  input_tokens_cache_read: count.optional(),
  reasoning_tokens: count.optional(),
  total_cost: z.number().optional(),
})

const output = z.preprocess(
  (given) => (typeof given === 'string' ? { text: given } : given),
  z.strictObject({
    text: z.string().optional(),
    tool_calls: z.array(z.strictObject({ function: name, arguments: values.optional() })).optional(),
    stop_reason: z.string().optional(),
    /** Null: the answer has none. */
    usage: usage.nullable().optional(),
    /** An answer without any choice. */
    none: z.literal(true).optional(),
    error: modelError.optional(),
    delay: seconds.optional(),
  }),
)

export const model = z.strictObject({
  outputs: z.array(output).min(1).optional(),
  by_sample: z.record(z.string(), z.array(output).min(1)).optional(),
  delay: seconds.optional(),
  /** Dollars for a million tokens. */
  cost: z.strictObject({ input: z.number(), output: z.number() }).optional(),
  retry_wait: seconds.optional(),
  max_connections: z.int().min(1).optional(),
})

export type ScenarioModel = z.infer<typeof model>
export type ScenarioOutput = z.infer<typeof output>
