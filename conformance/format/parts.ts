import { z } from 'zod'

export const count = z.int().min(0)
export const seconds = z.number().min(0)
export const name = z.string().min(1)
export const json = z.json()
export const values = z.record(z.string(), json)
export const sampleId = z.union([z.string(), z.int()])
export const modelName = z
  .string()
  .regex(/^fake\/[\w.-]+$/, "is no name of a model of the scenario, such as 'fake/model'")

export const error = z.strictObject({
  type: z.string().optional(),
  message: z.string().optional(),
  /** Of a `LimitExceededError`. */
  limit_type: z.string().optional(),
  value: z.number().optional(),
  limit: z.number().optional(),
})

export const failures = error.extend({
  times: count.optional(),
  by: z.enum(['sample', 'all']).optional(),
})

export const config = z.strictObject({
  temperature: z.number().optional(),
  max_tokens: count.optional(),
  top_p: z.number().optional(),
  seed: z.int().optional(),
  stop_seqs: z.array(z.string()).optional(),
  max_retries: count.optional(),
  timeout: seconds.optional(),
  /** Whole ones, for Inspect. */
  attempt_timeout: z.int().min(1).optional(),
  max_connections: z.int().min(1).optional(),
  system_message: z.string().optional(),
  cache: z.boolean().optional(),
  max_tool_output: count.optional(),
  fail_on_refusal: z.boolean().optional(),
})

export const cache = z.union([
  z.boolean(),
  z.strictObject({
    expiry: z.string().nullable().optional(),
    per_epoch: z.boolean().optional(),
    scopes: z.record(z.string(), z.string()).optional(),
  }),
])

export const modelCall = z.strictObject({
  model: modelName.optional(),
  role: name.optional(),
  input: z.string().optional(),
  config: config.optional(),
  cache: cache.optional(),
})

export function oneOf<S extends z.core.$ZodLooseShape>(shape: S) {
  return z
    .strictObject(shape)
    .partial()
    .refine((given) => Object.keys(given).length === 1, {
      error: `has to have one key, out of ${Object.keys(shape).join(', ')}`,
    })
}

export type ModelCall = z.infer<typeof modelCall>
export type Failures = z.infer<typeof failures>
export type ErrorSaid = z.infer<typeof error>
