import { isFields } from '../../src/inspect/fields.ts'
import { contentOf } from './content.ts'
import { eventIn, modelHooks, type Fired } from './fired.ts'

/**
 * Of hooks of model calls that have no counterpart, those that were fired for a call whose event was fired live and is
 * not in the log. Each such event explains one hook of each kind, and no more.
 */
export function findLostCalls(lostEvents: readonly Fired[], hooks: readonly Fired[]): Set<Fired> {
  const open = Map.groupBy(lostEvents.flatMap(callsOf), (call) => call)
  return new Set(hooks.filter((hook) => modelHooks.has(hook.hook) && open.get(callOf(hook))?.pop() !== undefined))
}

/** What the hooks of the call of an event say, as far as the event does. */
export function callsOf(fired: Fired): string[] {
  const { event, model, input, tools, config, output, error, completed, cache } = eventIn(fired)
  if (event !== 'model') return []
  const usage = isFields(output) ? output['usage'] : undefined
  const calls = [textOf('onBeforeModelGenerate', fired.evalId, model, { input, tools, config })]
  if (usage !== undefined && cache === 'read') calls.push(textOf('onModelCacheUsage', undefined, model, usage))
  else if (usage !== undefined) calls.push(textOf('onModelUsage', fired.evalId, model, usage))
  if (error !== undefined && completed === undefined)
    calls.push(textOf('onModelRetry', fired.evalId, String(model).replace(/^[^/]*\//, ''), fired.sample))
  return calls
}

export function callOf({ hook, data, evalId, sample }: Fired): string {
  const { model_name, input, tools, config, usage } = data
  switch (hook) {
    case 'onBeforeModelGenerate':
      return textOf(hook, evalId, model_name, { input, tools, config })
    case 'onModelRetry':
      return textOf(hook, evalId, model_name, sample)
    default:
      return textOf(hook, hook === 'onModelUsage' ? evalId : undefined, model_name, usage)
  }
}

function textOf(...parts: readonly unknown[]): string {
  return parts.map(contentOf).join(' ')
}
