import type { EvalSpec, ModelConfig } from '../../inspect/records.ts'
import { errorHandlingNames } from '../task/error-handling.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import { toGenerateSettings } from '../options/generate-config.ts'
import { limitNames } from '../sample/limits.ts'
import type { ConfiguredModel, ModelRoles } from '../model/model-roles.ts'
import type { TaskOptions } from '../task/task.ts'
import { toList } from '../to-list.ts'
import { toSnakeCase } from '../text/to-snake-case.ts'

const shared = Object.keys({ ...errorHandlingNames, ...limitNames })

/**
 * What a run that is tried again takes over from its log, where the caller does not say otherwise; as in Inspect. Models are
 * known by their names alone, so those that the task brings go before.
 */
export function retryOptions(spec: EvalSpec, task: TaskOptions): EvaluateOptions {
  const { config, model_generate_config: settings, tags, metadata, model } = spec
  const { epochs, epochs_reducer: reducer, sample_id: sampleId, sample_shuffle: sampleShuffle, limit } = config
  const own = {
    limit,
    sampleId,
    sampleShuffle,
    epochs: epochs === undefined ? undefined : { epochs, reducer },
    ...Object.fromEntries(shared.map((name) => [name, config[toSnakeCase(name)]])),
    maxSamples: config['max_samples'],
    maxTasks: config['max_tasks'],
    logSamples: config['log_samples'],
    tags,
    metadata,
    config: settings && toGenerateSettings(settings),
    model: task.model ?? model,
    modelRoles: { ...rolesOf(spec), ...task.modelRoles },
  }
  const given = Object.entries(own).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given)
}

function rolesOf({ model_roles: roles = {} }: EvalSpec): ModelRoles {
  const named = ({ model, config = {} }: ModelConfig): ConfiguredModel => ({
    model,
    config: toGenerateSettings(config),
  })
  return Object.fromEntries(Object.entries(roles).map(([role, models]) => [role, toList(models).map(named)]))
}
