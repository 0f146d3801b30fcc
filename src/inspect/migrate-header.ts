import { computeEvalId } from './eval-id.ts'
import {
  asFields,
  dropNulls,
  expectType,
  expectTypeIfThere,
  fieldsIn,
  isFields,
  listIn,
  visit,
  visitList,
  visitValues,
  type Fields,
} from './fields.ts'
import { migrateConfig } from './migrate-config.ts'
import { migrateError } from './migrate-error.ts'
import { migrateSandbox } from './migrate-sandbox.ts'
import { migrateUsage } from './migrate-usage.ts'
import type { EvalLog, EvalSpec } from './records.ts'
import { toUtc } from './to-utc.ts'

export interface MigratedHeader {
  readonly header: EvalLog
  /** Parts that cannot be used and were left out, each with the field that is wrong. */
  readonly problems: readonly Error[]
}

/**
 * Brings the header of an older log to the present form, in place. What is evaluated must be usable, or else an error
 * names the field that is not; of the rest what is not usable is left out.
 */
export function migrateHeader(raw: unknown): MigratedHeader {
  const problems: Error[] = []
  const log = asFields(raw, 'it')
  dropNulls(log)
  try {
    // Read elsewhere, unless they are no list.
    listIn(log, 'samples')
  } catch (error) {
    problems.push(error as Error)
  }
  // The log messages of version 1 lie behind the samples; since then they are events.
  for (const name of ['samples', 'reductions', 'logging']) delete log[name]
  log['version'] ??= 2
  log['status'] ??= 'started'
  if (!('eval' in log)) throw new Error('eval is left out, so this is no log of Inspect; give a log that Inspect wrote')
  visit(log, 'eval', migrateSpec)
  for (const [name, migratePart] of parts) {
    try {
      if (name in log || isAlwaysThere.has(name)) visit(log, name, migratePart)
    } catch (error) {
      problems.push(error as Error)
      delete log[name]
      if (isAlwaysThere.has(name)) visit(log, name, migratePart)
    }
  }
  migrateTags(log)
  return { header: log as unknown as EvalLog, problems }
}

const parts: readonly (readonly [name: string, migrate: (fields: Fields) => void])[] = [
  ['plan', migratePlan],
  ['results', migrateResults],
  ['stats', migrateStats],
  ['error', migrateError],
]
const isAlwaysThere = new Set(['plan', 'stats'])

function migrateSpec(spec: Fields): void {
  dropNulls(spec)
  for (const name of ['task', 'model', 'created']) expectType(spec, name, 'string')
  spec['created'] = toUtc(spec['created'])
  spec['run_id'] ??= ''
  spec['task_id'] ??= ''
  for (const name of ['run_id', 'task_id']) expectType(spec, name, 'string')
  spec['eval_id'] ||= computeEvalId(spec as unknown as EvalSpec)
  spec['task_version'] ??= 0
  expectType(spec, 'eval_id', 'string')
  expectTypeIfThere(spec, 'eval_set_id', 'string')
  expectTypeIfThere(spec, 'model_base_url', 'string')
  expectType(spec, 'task_version', 'string', 'number')
  for (const name of ['task_attribs', 'task_args', 'model_args', 'packages']) fieldsIn(spec, name)
  spec['task_args_passed'] ??= spec['task_args']
  // Without a solver of its own a log has neither.
  if ('solver_args' in spec) spec['solver_args_passed'] ??= spec['solver_args']
  migrateSandbox(spec)
  visit(spec, 'model_generate_config', migrateConfig)
  visit(spec, 'config', migrateEvalConfig)
  visit(spec, 'dataset', migrateDataset)
}

function migrateEvalConfig(config: Fields): void {
  if (config['max_messages']) config['message_limit'] = config['max_messages']
  delete config['max_messages']
}

function migrateDataset(dataset: Fields): void {
  dropNulls(dataset)
  if ('sample_ids' in dataset) listIn(dataset, 'sample_ids')
}

function migratePlan(plan: Fields): void {
  dropNulls(plan)
  plan['name'] ??= 'plan'
  visitList(plan, 'steps', migrateStep)
  if ('finish' in plan) visit(plan, 'finish', migrateStep)
  visit(plan, 'config', migrateConfig)
}

function migrateStep(step: Fields): void {
  expectTypeIfThere(step, 'solver', 'string')
  step['params'] ??= {}
  step['params_passed'] ??= step['params']
}

function migrateResults(results: Fields): void {
  dropNulls(results)
  delete results['sample_reductions']
  if (isFields(results['scorer'])) {
    const { scorer, metrics } = results
    results['scores'] ??= [{ ...scorer, metrics: metrics ?? scorer['metrics'], scorer: scorer['name'] }]
    delete results['scorer']
    delete results['metrics']
  }
  results['total_samples'] ??= 0
  results['completed_samples'] ??= 0
  for (const name of ['total_samples', 'completed_samples']) expectType(results, name, 'number')
  visitList(results, 'scores', migrateEvalScore)
}

function migrateEvalScore(score: Fields): void {
  dropNulls(score)
  score['scorer'] ??= score['name'] ?? ''
  score['name'] ??= score['scorer']
  for (const name of ['name', 'scorer']) expectType(score, name, 'string')
  expectTypeIfThere(score, 'reducer', 'string')
  score['params'] ??= {}
  visitValues(score, 'metrics', migrateMetric)
}

function migrateMetric(metric: Fields, key: string): void {
  dropNulls(metric)
  delete metric['options']
  metric['name'] ??= key
  // Before Inspect 0.3.253 null was written for NaN.
  metric['value'] ??= Number.NaN
  metric['params'] ??= {}
}

function migrateStats(stats: Fields): void {
  dropNulls(stats)
  for (const name of ['started_at', 'completed_at']) {
    // Empty when the eval did not come that far.
    if (name in stats) stats[name] = toUtc(stats[name])
  }
  visitValues(stats, 'model_usage', migrateUsage)
  visitValues(stats, 'role_usage', migrateUsage)
}

/** Logs that are older than edits of tags and metadata have them with the eval only. */
function migrateTags(log: Fields): void {
  const spec = log['eval'] as Fields
  log['tags'] ??= Array.isArray(spec['tags']) ? spec['tags'].map(String).toSorted(compare) : []
  log['metadata'] ??= isFields(spec['metadata']) ? { ...spec['metadata'] } : {}
}

function compare(first: string, second: string): number {
  return first < second ? -1 : Number(first > second)
}
