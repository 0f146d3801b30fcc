import type { EvalSpec, Json, ModelConfig } from '../../inspect/records.ts'
import { timestamp } from '../clock.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import type { Limits } from '../sample/limits.ts'
import { Model } from '../model/model.ts'
import type { NamedSample } from './task-context.ts'
import type { Metric, Metrics } from '../scorer/metric.ts'
import type { SampleIds } from '../run/sample-ids.ts'
import type { Scorer } from '../scorer/scorer.ts'
import { shortUuid } from '../short-uuid.ts'
import type { TaskSettings } from './task-settings.ts'
import type { Task } from './task.ts'
import { isList, type OneOrMany } from '../to-list.ts'
import { version } from '../../version.ts'

export interface TaskIds {
  readonly evalSetId: string | undefined
  readonly runId: string
  /** The same for all attempts at the task. */
  readonly taskId: string
}

export interface SpecOptions {
  readonly task: Task
  readonly options: EvaluateOptions
  readonly settings: TaskSettings
  readonly ids: TaskIds
  readonly model: Model
  readonly roles: ReadonlyMap<string, OneOrMany<Model>>
  readonly scorers: ReadonlyMap<string, Scorer>
  readonly dataset: {
    readonly name?: string | undefined
    readonly location?: string | undefined
    readonly size: number
  }
  readonly samples: readonly NamedSample[]
  readonly sampleId?: SampleIds | undefined
  readonly maxTasks: number | undefined
}

/** What is evaluated, as it goes into the log. */
export function taskSpec({
  maxTasks,
  task,
  options,
  settings,
  ids,
  model,
  roles,
  scorers,
  dataset,
  samples,
  sampleId,
}: SpecOptions): EvalSpec {
  const { name, version: taskVersion = 0, tags = [], metadata } = task.options
  const allTags = [...new Set([...(options.tags ?? []), ...tags])]
  const allMetadata = { ...options.metadata, ...metadata }
  const { limits } = settings
  return {
    ...(ids.evalSetId !== undefined && { eval_set_id: ids.evalSetId }),
    eval_id: shortUuid(),
    run_id: ids.runId,
    created: timestamp(),
    task: name,
    task_id: ids.taskId,
    task_version: taskVersion,
    task_display_name: name,
    task_attribs: {},
    ...(task.origin.file !== undefined && { task_file: task.origin.file }),
    ...(task.origin.name !== undefined && { task_registry_name: task.origin.name }),
    task_args: task.origin.args ?? {},
    task_args_passed: task.origin.args ?? {},
    ...(allTags.length > 0 && { tags: allTags }),
    dataset: {
      ...(dataset.name !== undefined && { name: dataset.name }),
      ...(dataset.location !== undefined && { location: dataset.location }),
      samples: dataset.size,
      sample_ids: samples.map(({ id }) => id),
      shuffled: (options.sampleShuffle ?? false) !== false,
    },
    model: model.name,
    model_generate_config: model.config,
    model_args: {},
    ...(roles.size > 0 && { model_roles: rolesRecord(roles) }),
    config: withoutUndefined({
      limit: options.limit,
      sample_id: sampleId,
      sample_shuffle: options.sampleShuffle,
      epochs: settings.epochs,
      epochs_reducer: settings.reducers?.map((reducer) => reducer.name),
      fail_on_error: settings.failOnError,
      continue_on_fail: settings.continueOnFail,
      retry_on_error: options.retryOnError ?? task.options.retryOnError,
      score_on_error: settings.scoreOnError,
      ...limitsRecord(limits),
      max_samples: options.maxSamples,
      max_tasks: maxTasks,
      log_samples: options.logSamples ?? true,
      log_realtime: options.logRealtime ?? true,
      log_shared: wholeSeconds(options.logShared),
      log_images: true,
    }),
    packages: { evalspan: version },
    ...(Object.keys(allMetadata).length > 0 && { metadata: allMetadata }),
    scorers: [...scorers.values()].map((scorer) => ({
      name: scorer.name,
      options: scorer.params,
      metrics: metricNames(task.options.metrics ?? scorer.metrics),
      metadata: {},
    })),
  } as EvalSpec
}

/** As logs have them. */
export function rolesRecord(roles: ReadonlyMap<string, OneOrMany<Model>>): EvalSpec['model_roles'] {
  return Object.fromEntries(
    [...roles].map(([role, models]) => [role, models instanceof Model ? inRole(models) : models.map(inRole)]),
  )
}

/** As logs have them: times in whole seconds. */
export function limitsRecord(limits: Limits): { readonly [name: string]: number | undefined } {
  return {
    message_limit: limits.messageLimit,
    token_limit: limits.tokenLimit,
    cost_limit: limits.costLimit,
    turn_limit: limits.turnLimit,
    time_limit: wholeSeconds(limits.timeLimit),
    working_limit: wholeSeconds(limits.workingLimit),
  }
}

function inRole({ name, config }: Model): ModelConfig {
  return { model: name, config, args: {} }
}

function metricNames(metrics: Metrics): Json {
  if (isList(metrics)) return metrics.map((each) => (isMetric(each) ? nameOf(each) : metricNames(each)))
  return Object.fromEntries(Object.entries(metrics).map(([key, list]) => [key, list.map((metric) => nameOf(metric))]))
}

function nameOf({ name, params }: Metric): Json {
  return { name, options: params }
}

function isMetric(value: Metric | object): value is Metric {
  return 'compute' in value
}

/** Inspect's logs know no others. */
function wholeSeconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.ceil(seconds)
}

function withoutUndefined(values: { readonly [name: string]: Json | undefined }): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [name: string]: Json
  }
}
