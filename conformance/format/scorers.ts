import { z } from 'zod'
import { failures, modelCall, modelName, name, oneOf, seconds, values } from './parts.ts'

const metricName = z.enum(['accuracy', 'mean', 'stderr', 'std', 'var'])
const metricsByKey = z.record(z.string(), z.array(metricName))
export const metrics = z.union([metricsByKey, z.array(z.union([metricName, metricsByKey]))])

const grading = z.strictObject({ model: modelName.optional(), partial_credit: z.boolean().optional() })

export const scorer = oneOf({
  choice: z.strictObject({}),
  match: z.strictObject({
    location: z.enum(['begin', 'end', 'any', 'exact']).optional(),
    ignore_case: z.boolean().optional(),
    numeric: z.boolean().optional(),
  }),
  includes: z.strictObject({ ignore_case: z.boolean().optional() }),
  exact: z.strictObject({}),
  f1: z.strictObject({}),
  pattern: z.strictObject({
    pattern: z.string(),
    ignore_case: z.boolean().optional(),
    match_all: z.boolean().optional(),
  }),
  model_graded_qa: grading,
  model_graded_fact: grading,
  fixed: z.strictObject({
    name: name.optional(),
    // Whatever JSON, NaN and infinite numbers too; null leaves a sample unscored.
    value: z.unknown().optional(),
    by_sample: z.record(z.string(), z.unknown()).optional(),
    /** Whole scores by sample. */
    scores: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    metrics: metrics.optional(),
    answer: z.string().optional(),
    explanation: z.string().optional(),
    metadata: values.optional(),
  }),
  fail: failures.extend({ name: name.optional() }),
  slow: z.strictObject({ seconds }),
  call_model: modelCall,
})

export type ScenarioScorer = z.infer<typeof scorer>
export type ScenarioMetrics = z.infer<typeof metrics>
