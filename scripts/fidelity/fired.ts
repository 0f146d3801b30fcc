import type { HookEvent, HookName } from '../../src/hooks/hooks.ts'
import { isFields, type Fields } from '../../src/inspect/fields.ts'
import { parseTime, type HrTime } from '../../src/time.ts'
import type { Aliases } from './aliases.ts'

/** A hook as it was fired, live or on replay. */
export interface Fired {
  readonly hook: HookName
  readonly data: Fields
  readonly time: HrTime
  /** Its line in the file of hooks, or its number in the replay. From 1. */
  readonly line: number
  /** The uuid that the sample it is about has in the log. */
  readonly sample: string | undefined
  /** The attempt at the sample that was under way; 0 outside of attempts. */
  readonly attempt: number
  /** The id of the eval that holds what it is about. */
  readonly evalId: string | undefined
}

/** A hook with its place. */
export interface Placed {
  readonly event: HookEvent
  readonly line: number
}

/** Says of each hook what it is about. */
export function toFired(placed: readonly Placed[], aliases: Aliases): Fired[] {
  const attempts = new Map<string | undefined, number>()
  return placed.map(({ event: { hook, data, meta }, line }) => {
    const fields = data as unknown as Fields
    const uuid = sampleOf(hook, fields)
    const sample = uuid && (aliases.samples.get(uuid) ?? uuid)
    if (hook === 'onSampleAttemptStart') attempts.set(sample, Number(fields['attempt']) || 0)
    const attempt = sample === undefined ? 0 : (attempts.get(sample) ?? 0)
    const evalId = typeof fields['eval_id'] === 'string' ? fields['eval_id'] : undefined
    return {
      hook,
      data: fields,
      time: parseTime(meta.time) ?? [0, 0],
      line,
      sample,
      attempt,
      evalId: evalId && (aliases.evals.get(evalId) ?? evalId),
    }
  })
}

/** The uuid of the sample that a hook is about. The `sample_id` of a model call that is about to be made is none. */
export function sampleOf(hook: HookName, data: Fields): string | undefined {
  const id = data['sample_id']
  return hook === 'onBeforeModelGenerate' || typeof id !== 'string' ? undefined : id
}

/** The event of a sample's event. */
export function eventIn({ data }: Fired): Fields {
  return isFields(data['event']) ? data['event'] : {}
}

/** The hooks of model calls say too little to be told apart by it. */
export const modelHooks: ReadonlySet<HookName> = new Set<HookName>([
  'onBeforeModelGenerate',
  'onModelUsage',
  'onModelCacheUsage',
  'onModelRetry',
])

/** What makes a hook one of its kind: two that have it in common are the same hook, fired live and on replay. */
export function keyOf(fired: Fired): string {
  return `${fired.hook} ${idsOf(fired)}`
}

function idsOf(fired: Fired): string {
  const { hook, data, sample, attempt, evalId } = fired
  switch (hook) {
    case 'onEvalSetStart':
    case 'onEvalSetEnd':
      return String(data['eval_set_id'])
    case 'onRunStart':
    case 'onRunEnd':
      return String(data['run_id'])
    case 'onTaskStart':
    case 'onTaskEnd':
      // Of these not even one that a removed log held can stand for another.
      return String(data['eval_id'])
    case 'onSampleAttemptStart':
    case 'onSampleAttemptEnd':
      return `${sample} attempt ${String(data['attempt'])}`
    case 'onSampleEvent':
      return `${sample} attempt ${attempt} ${String(eventIn(fired)['uuid'])}`
    case 'onSampleInit':
    case 'onSampleStart':
    case 'onSampleScoring':
    case 'onSampleEnd':
      return String(sample)
    default:
      return `${evalId} ${String(data['task_name'])} ${String(data['model_name'])} ${sample}`
  }
}
