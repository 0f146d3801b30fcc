import type { EvalSpec } from '../inspect/records.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import type { GenerateSettings } from './generate-config.ts'

/** What a run that is tried again takes over from its log, where the caller does not say otherwise; as in Inspect. */
export function retryOptions({ config, model_generate_config: settings, tags, metadata }: EvalSpec): EvaluateOptions {
  const { epochs, epochs_reducer: reducer, sample_id: sampleId, limit } = config
  const own = {
    limit,
    sampleId,
    epochs: epochs === undefined ? undefined : { epochs, reducer },
    failOnError: config['fail_on_error'],
    continueOnFail: config['continue_on_fail'],
    retryOnError: config['retry_on_error'],
    scoreOnError: config['score_on_error'],
    messageLimit: config['message_limit'],
    tokenLimit: config['token_limit'],
    costLimit: config['cost_limit'],
    turnLimit: config['turn_limit'],
    timeLimit: config['time_limit'],
    workingLimit: config['working_limit'],
    maxSamples: config['max_samples'],
    maxTasks: config['max_tasks'],
    logSamples: config['log_samples'],
    tags,
    metadata,
    config: settings && inCamelCase(settings),
  }
  const given = Object.entries(own).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given)
}

function inCamelCase(settings: NonNullable<EvalSpec['model_generate_config']>): GenerateSettings {
  const name = (snake: string): string => snake.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [name(key), value]))
}
