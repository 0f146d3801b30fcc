import { z } from 'zod'

/*
 * The format of scenarios; README.md explains it. An object that has one of several meanings (a step, a scorer, a run) has
 * one key that says which.
 */

const count = z.int().min(0)
const seconds = z.number().min(0)
const name = z.string().min(1)
const json = z.json()
const values = z.record(z.string(), json)
const sampleId = z.union([z.string(), z.int()])
const modelName = z.string().regex(/^fake\/[\w.-]+$/, "is no name of a model of the scenario, such as 'fake/model'")

const error = z.strictObject({
  type: z.string().optional(),
  message: z.string().optional(),
  /** Of a `LimitExceededError`. */
  limit_type: z.string().optional(),
  value: z.number().optional(),
  limit: z.number().optional(),
})

const failures = error.extend({
  times: count.optional(),
  by: z.enum(['sample', 'all']).optional(),
})

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

const model = z.strictObject({
  outputs: z.array(output).min(1).optional(),
  by_sample: z.record(z.string(), z.array(output).min(1)).optional(),
  delay: seconds.optional(),
  /** Dollars for a million tokens. */
  cost: z.strictObject({ input: z.number(), output: z.number() }).optional(),
  retry_wait: seconds.optional(),
  max_connections: z.int().min(1).optional(),
})

const config = z.strictObject({
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

const cache = z.union([
  z.boolean(),
  z.strictObject({
    expiry: z.string().nullable().optional(),
    per_epoch: z.boolean().optional(),
    scopes: z.record(z.string(), z.string()).optional(),
  }),
])

const toolChoice = z.union([z.enum(['auto', 'any', 'none']), z.strictObject({ name })])

const tool = z.preprocess(
  (given) => (typeof given === 'string' ? { tool: given } : given),
  failures.extend({
    tool: z.enum(['add', 'echo', 'fail', 'slow']),
    name: name.optional(),
    seconds: seconds.optional(),
  }),
)

const modelCall = z.strictObject({
  model: modelName.optional(),
  role: name.optional(),
  input: z.string().optional(),
  config: config.optional(),
  cache: cache.optional(),
})

function oneOf<S extends z.core.$ZodLooseShape>(shape: S) {
  return z
    .strictObject(shape)
    .partial()
    .refine((given) => Object.keys(given).length === 1, {
      error: `has to have one key, out of ${Object.keys(shape).join(', ')}`,
    })
}

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
const steps: z.ZodType<Step[]> = z.lazy(() => z.array(step))
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

const metricName = z.enum(['accuracy', 'mean', 'stderr', 'std', 'var'])
const metricsByKey = z.record(z.string(), z.array(metricName))
const metrics = z.union([metricsByKey, z.array(z.union([metricName, metricsByKey]))])

const grading = z.strictObject({ model: modelName.optional(), partial_credit: z.boolean().optional() })

const scorer = oneOf({
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

const limits = {
  message_limit: count.optional(),
  token_limit: count.optional(),
  cost_limit: z.number().optional(),
  turn_limit: count.optional(),
  time_limit: seconds.optional(),
  working_limit: seconds.optional(),
}

const common = {
  ...limits,
  model_roles: z.record(z.string(), z.union([modelName, z.array(modelName).min(1)])).optional(),
  config: config.optional(),
  epochs: z.int().min(1).optional(),
  epochs_reducer: z.array(name).optional(),
  fail_on_error: z.union([z.boolean(), z.number().min(0)]).optional(),
  continue_on_fail: z.boolean().optional(),
  retry_on_error: count.optional(),
  score_on_error: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  metadata: values.optional(),
}

const chatMessage = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })

const task = z.strictObject({
  ...common,
  name: z.string().regex(/^\w+$/, 'has to be of letters, digits and _'),
  samples: z
    .array(
      z.strictObject({
        id: sampleId.optional(),
        input: z.union([z.string(), z.array(chatMessage)]),
        target: z.union([z.string(), z.array(z.string())]).optional(),
        choices: z.array(z.string()).optional(),
        metadata: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1),
  setup: steps.optional(),
  solver: steps.optional(),
  scorer: z.array(scorer).optional(),
  metrics: metrics.optional(),
  sandbox: failures.optional(),
  cleanup: failures.optional(),
  model: modelName.optional(),
  version: z.union([z.int(), z.string()]).optional(),
})

const runOptions = z.strictObject({
  ...common,
  model: z.union([modelName, z.array(modelName)]).optional(),
  max_samples: z.int().min(1).optional(),
  max_tasks: z.int().min(1).optional(),
  max_connections: z.int().min(1).optional(),
  score: z.boolean().optional(),
  limit: z.union([z.int(), z.tuple([z.int(), z.int()])]).optional(),
  sample_id: z.union([sampleId, z.array(sampleId)]).optional(),
  sample_shuffle: z.int().min(1).optional(),
  log_samples: z.boolean().optional(),
  log_dir: name.optional(),
  /** By name; all when left out. */
  tasks: z.array(name).optional(),
})

const run = oneOf({
  eval: runOptions,
  eval_set: runOptions.extend({
    retry_attempts: count.optional(),
    retry_cleanup: z.boolean().optional(),
    retry_immediate: z.boolean().optional(),
  }),
  eval_retry: z.strictObject({
    of: count.optional(),
    max_samples: z.int().min(1).optional(),
    retry_on_error: count.optional(),
    log_dir: name.optional(),
  }),
})

const hookName = z.enum([
  'on_eval_set_start',
  'on_eval_set_end',
  'on_run_start',
  'on_run_end',
  'on_task_start',
  'on_task_end',
  'on_sample_init',
  'on_sample_start',
  'on_sample_attempt_start',
  'on_sample_event',
  'on_sample_scoring',
  'on_sample_attempt_end',
  'on_sample_end',
  'on_before_model_generate',
  'on_model_usage',
  'on_model_cache_usage',
  'on_model_retry',
])

const action = z
  .strictObject({
    on: hookName,
    nth: z.int().min(1).optional(),
    raise: error.optional(),
    append_input: z.string().optional(),
    set_config: config.optional(),
    clear_tools: z.literal(true).optional(),
  })
  .refine(
    ({ on, append_input: input, set_config: settings, clear_tools: clear }) =>
      on === 'on_before_model_generate' || (input === undefined && settings === undefined && clear === undefined),
    { error: 'can change what a model is asked in on_before_model_generate only' },
  )

export const scenarioFormat = z.strictObject({
  description: z.string(),
  models: z.record(modelName, model),
  tasks: z.array(task).min(1),
  runs: z.array(run).min(1).optional(),
  hooks: z.array(action).optional(),
  cancel: z
    .strictObject({
      on: hookName.optional(),
      nth: z.int().min(1).optional(),
      after: seconds.optional(),
      by: z.enum(['signal', 'ctrl_c']).optional(),
    })
    .optional(),
  /** The hooks that Inspect fired, relative to the scenario's file; `NAME.hooks.jsonl` beside it when left out. */
  recorded: z.string().optional(),
})

export type Scenario = z.infer<typeof scenarioFormat>
export type ScenarioTask = z.infer<typeof task>
export type ScenarioRun = z.infer<typeof run>
export type ScenarioModel = z.infer<typeof model>
export type ScenarioOutput = z.infer<typeof output>
export type ScenarioScorer = z.infer<typeof scorer>
export type ScenarioTool = z.infer<typeof tool>
export type ScenarioMetrics = z.infer<typeof metrics>
export type RunOptions = z.infer<typeof runOptions>
export type ModelCall = z.infer<typeof modelCall>
export type Action = z.infer<typeof action>
export type Failures = z.infer<typeof failures>
export type ErrorSaid = z.infer<typeof error>
