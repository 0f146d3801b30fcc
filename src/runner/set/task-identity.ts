import { isObject } from '../../hooks/is-object.ts'
import type { EvalLog, GenerateConfig, Json } from '../../inspect/records.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import { logText } from '../log/log-text.ts'
import { callMechanics } from '../model/call-mechanics.ts'
import type { TaskUnit } from '../run/run-context.ts'
import { taskPlan } from '../task/task-plan.ts'
import { limitsRecord, rolesRecord } from '../task/task-spec.ts'
import { taskSettings } from '../task/task-settings.ts'

/**
 * What tells a task of a set from others, each as text: what an answer may depend on, and that can be told from a log. As
 * Inspect's task identifiers, but for files, which are called otherwise from elsewhere.
 */
export interface TaskIdentity {
  readonly task: string
  readonly model: string
  readonly args: string
  readonly version: string
  readonly solver: string
  readonly config: string
  readonly 'model config': string
  readonly 'model roles': string
  readonly limits: string
}

/** Of the parts of a log that a unit has before it is run. */
type Identified = Pick<EvalLog, 'plan'> & {
  readonly eval: Pick<
    EvalLog['eval'],
    'task' | 'model' | 'task_args' | 'task_version' | 'model_generate_config' | 'model_roles'
  > & { readonly config: { readonly [name: string]: Json | undefined } }
}

export function identityOfUnit({ task, model, roles }: TaskUnit, options: EvaluateOptions): TaskIdentity {
  return identityOfLog({
    plan: taskPlan(task, options).record,
    eval: {
      task: task.name,
      model: model.name,
      task_args: task.origin.args,
      task_version: task.options.version ?? 0,
      model_generate_config: model.config,
      model_roles: rolesRecord(roles),
      config: limitsRecord(taskSettings(task, options).limits),
    },
  })
}

export function identityOfLog({ plan, eval: spec }: Identified): TaskIdentity {
  const { config } = spec
  return {
    task: spec.task,
    model: spec.model,
    args: text(spec.task_args ?? {}),
    version: text(spec.task_version),
    solver: text((plan?.steps ?? []).map(({ solver, params }) => [solver, params ?? {}])),
    config: text(withEffect(plan?.config)),
    'model config': text(withEffect(spec.model_generate_config)),
    'model roles': text(rolesWithEffect(spec.model_roles)),
    limits: text(limits.map((name) => config[name] ?? null)),
  }
}

const limits = ['message_limit', 'token_limit', 'cost_limit', 'turn_limit', 'time_limit', 'working_limit']

function withEffect(config: GenerateConfig = {}): GenerateConfig {
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => !callMechanics.has(name) && value !== null),
  )
}

function rolesWithEffect(roles: EvalLog['eval']['model_roles'] = {}): Json {
  const known = Object.entries(roles).map(([role, models]) => [
    role,
    [models].flat().map(({ model, config }) => [model, withEffect(config)]),
  ])
  return Object.fromEntries(known) as Json
}

/** The same for what is the same, in whatever order it was written. */
function text(value: unknown): string {
  return logText(inOrder(value))
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => inOrder(each))
  if (!isObject(value)) return value
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, each]) => [name, inOrder(each)]))
}
