import { z } from 'zod'
import { cache, config, count, failures, json, modelCall, name, oneOf, sampleId, seconds, values } from './parts.ts'

const toolChoice = z.union([z.enum(['auto', 'any', 'none']), z.strictObject({ name })])

const tool = z.preprocess(
  (given) => (typeof given === 'string' ? { tool: given } : given),
  failures.extend({
    tool: z.enum(['add', 'echo', 'fail', 'slow']),
    name: name.optional(),
    seconds: seconds.optional(),
  }),
)

/** A step of a solver. */
export type Step = z.infer<typeof simpleStep> & {
  readonly span?: { readonly name: string; readonly type?: string | undefined; readonly steps: Step[] } | undefined
  readonly only?:
    | {
        readonly name?: string | undefined
        readonly samples?: (string | number)[]
        readonly epochs?: number[]
        readonly steps: Step[]
      }
    | undefined
  readonly chain?: Step[] | undefined
}

const stepShape = {
  system_message: z.string(),
  user_message: z.string(),
  prompt_template: z.string(),
  use_tools: z.strictObject({ tools: z.array(tool), tool_choice: toolChoice.optional() }),
  generate: z.strictObject({
    tool_calls: z.enum(['loop', 'single', 'none']).optional(),
    tool_choice: toolChoice.optional(),
    cache: cache.optional(),
    config: config.optional(),
  }),
  multiple_choice: z.strictObject({
    template: z.string(),
    multiple_correct: z.boolean().optional(),
    max_tokens: count.optional(),
    /** Puts the choices in the opposite order before. */
    reverse: z.boolean().optional(),
  }),
  fail: failures,
  sleep: seconds,
  set_store: values,
  set_metadata: values,
  set_output: z.string(),
  set_scores: values,
  complete: z.literal(true),
  info: json,
  call_tools: z.literal(true),
  call_model: modelCall,
}
const simpleStep = z.strictObject(stepShape).partial()
export const steps: z.ZodType<Step[]> = z.lazy(() => z.array(step))
const step = oneOf({
  ...stepShape,
  span: z.strictObject({ name, type: name.optional(), steps }),
  only: z.strictObject({
    name: name.optional(),
    samples: z.array(sampleId).optional(),
    epochs: z.array(z.int()).optional(),
    steps,
  }),
  chain: steps,
}) as unknown as z.ZodType<Step>

export type ScenarioTool = z.infer<typeof tool>
