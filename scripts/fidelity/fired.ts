import type { HookEvent, HookName } from '../../src/hooks/hooks.ts'
import { isFields, type Fields } from '../../src/inspect/fields.ts'
import { parseTime, type HrTime } from '../../src/time.ts'

/** A hook as it was fired, live or on replay. */
export interface Fired {
  readonly hook: HookName
  readonly data: Fields
  readonly time: HrTime
  /** Its line in the file of hooks, or its number in the replay. From 1. */
  readonly line: number
  /** The attempt at its sample that was under way; 0 outside of attempts. */
  readonly attempt: number
}

/** Numbers what was fired, and says of every hook of a sample which attempt it belongs to. */
export class FiredCounter {
  readonly #attempts = new Map<string, number>()

  add({ hook, data, meta }: HookEvent, line: number): Fired {
    const fields = data as unknown as Fields
    const sample = sampleOf(hook, fields)
    if (sample !== undefined && hook === 'onSampleAttemptStart')
      this.#attempts.set(sample, Number(fields['attempt']) || 0)
    const attempt = sample === undefined ? 0 : (this.#attempts.get(sample) ?? 0)
    return { hook, data: fields, time: parseTime(meta.time) ?? [0, 0], line, attempt }
  }
}

/** The uuid of the sample that a hook is about. The `sample_id` of a model call that is about to be made is none. */
export function sampleOf(hook: HookName, data: Fields): string | undefined {
  const id = data['sample_id']
  return hook === 'onBeforeModelGenerate' || typeof id !== 'string' ? undefined : id
}

/** The uuid of an event of a sample. */
export function eventOf(data: Fields): string | undefined {
  const { event } = data
  return isFields(event) && typeof event['uuid'] === 'string' ? event['uuid'] : undefined
}

/** The hooks of model calls say too little to be told apart by it. */
export const modelHooks: ReadonlySet<HookName> = new Set<HookName>([
  'onBeforeModelGenerate',
  'onModelUsage',
  'onModelCacheUsage',
  'onModelRetry',
])

/** What makes a hook one of its kind: two that have it in common are the same hook, fired live and on replay. */
export function keyOf({ hook, data, attempt }: Fired): string {
  return `${hook} ${idsOf(hook, data, attempt)}`
}

function idsOf(hook: HookName, data: Fields, attempt: number): string {
  const sample = sampleOf(hook, data) ?? ''
  switch (hook) {
    case 'onEvalSetStart':
    case 'onEvalSetEnd':
      return String(data['eval_set_id'])
    case 'onRunStart':
    case 'onRunEnd':
      return String(data['run_id'])
    case 'onTaskStart':
    case 'onTaskEnd':
      return String(data['eval_id'])
    case 'onSampleAttemptStart':
    case 'onSampleAttemptEnd':
      return `${sample} attempt ${String(data['attempt'])}`
    case 'onSampleScoring':
      return `${sample} attempt ${attempt}`
    case 'onSampleEvent':
      return `${sample} attempt ${attempt} ${eventOf(data) ?? ''}`
    case 'onSampleInit':
    case 'onSampleStart':
    case 'onSampleEnd':
      return sample
    case 'onBeforeModelGenerate':
    case 'onModelUsage':
    case 'onModelCacheUsage':
    case 'onModelRetry':
      return `${String(data['eval_id'])} ${String(data['task_name'])} ${String(data['model_name'])} ${sample}`
  }
}
