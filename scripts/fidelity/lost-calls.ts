import { isFields, type Fields } from '../../src/inspect/fields.ts'
import { contentOf } from './content.ts'
import { modelHooks, type Fired } from './fired.ts'

/**
 * The model calls whose events were fired live and are not in the log. Each explains one hook of each kind that was
 * fired for it, and no more.
 */
export class LostCalls {
  readonly #explained = new Set<Fired>()

  /** `events` are the events that the log cannot hold; `hooks` those of model calls that have no counterpart. */
  constructor(events: readonly Fired[], hooks: readonly Fired[]) {
    const open = Map.groupBy(
      events.filter(({ data }) => isFields(data['event']) && data['event']['event'] === 'model').flatMap(callsOf),
      (call) => call,
    )
    for (const hook of hooks) {
      if (modelHooks.has(hook.hook) && open.get(callOf(hook))?.pop() !== undefined) this.#explained.add(hook)
    }
  }

  explains(fired: Fired): boolean {
    return this.#explained.has(fired)
  }
}

/** What the hooks of the call of an event say, as far as the event does. */
function callsOf({ data }: Fired): string[] {
  const event = data['event'] as Fields
  const { model, input, tools, config, output, error, completed } = event
  const usage = isFields(output) ? output['usage'] : undefined
  const calls = [textOf('onBeforeModelGenerate', data['eval_id'], model, { input, tools, config })]
  if (usage !== undefined && event['cache'] === 'read') calls.push(textOf('onModelCacheUsage', undefined, model, usage))
  else if (usage !== undefined) calls.push(textOf('onModelUsage', data['eval_id'], model, usage))
  if (error !== undefined && completed === undefined)
    calls.push(textOf('onModelRetry', data['eval_id'], String(model).replace(/^[^/]*\//, ''), data['sample_id']))
  return calls
}

function callOf({ hook, data }: Fired): string {
  const { eval_id, model_name, input, tools, config, usage, sample_id } = data
  switch (hook) {
    case 'onBeforeModelGenerate':
      return textOf(hook, eval_id, model_name, { input, tools, config })
    case 'onModelRetry':
      return textOf(hook, eval_id, model_name, sample_id)
    default:
      return textOf(hook, hook === 'onModelUsage' ? eval_id : undefined, model_name, usage)
  }
}

function textOf(...parts: readonly unknown[]): string {
  return parts.map(contentOf).join(' ')
}
