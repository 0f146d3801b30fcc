import { z } from 'zod'
import { model } from './format/models.ts'
import { config, count, error, failures, modelName, name, oneOf, sampleId, seconds, values } from './format/parts.ts'
import { metrics, scorer } from './format/scorers.ts'
import { steps } from './format/steps.ts'

/*
 * The format of scenarios; README.md explains it. An object that has one of several meanings (a step, a scorer, a run) has
 * one key that says which.
 */

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
        input: z.union([z.string(), z.array(chatMessage).min(1)]),
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
  retry_on_error: count.optional(),
  max_connections: z.int().min(1).optional(),
  score: z.boolean().optional(),
  limit: z
    .union([
      z.int().min(1),
      z.tuple([count, count]).refine(([from, to]) => from < to, { error: 'has to be a range, as [0, 5]' }),
    ])
    .optional(),
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
  .refine((given) => Object.keys(given).some((key) => key !== 'on' && key !== 'nth'), {
    error: 'says not what to do; give raise, append_input, set_config or clear_tools',
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
export type RunOptions = z.infer<typeof runOptions>
export type Action = z.infer<typeof action>
export type HookName = z.infer<typeof hookName>
