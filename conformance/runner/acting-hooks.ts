import { Hooks, hookNames, toWireName, type HookData, type HookEvent } from '../../src/index.ts'
import { hooks } from '../../src/hooks/register.ts'
import { takeEvents } from '../../src/hooks/take-events.ts'
import type { Action, Scenario } from '../format.ts'
import { makeError } from './errors.ts'

/** Registers hooks that do what the scenario says. `cancel` is called where it is to be cancelled. */
export function actOnHooks({ hooks: actions = [], cancel: stop }: Scenario, cancel: () => void): void {
  const stopsAt = stop && { on: stop.on ?? 'on_task_start', nth: stop.nth ?? 1, after: stop.after ?? 0 }
  const names = new Set([...actions, ...(stopsAt ? [stopsAt] : [])].map(({ on }) => on))
  const calls = new Map<string, number>()
  class Acting extends Hooks {}
  const watched = hookNames.filter((name) => names.has(toWireName(name)))
  takeEvents(Acting, watched, (event) => {
    const name = toWireName(event.hook)
    const number = (calls.get(name) ?? 0) + 1
    calls.set(name, number)
    if (stopsAt?.on === name && stopsAt.nth === number) setTimeout(cancel, stopsAt.after * 1000)
    for (const action of actions) if (action.on === name && (action.nth ?? number) === number) act(action, event)
  })
  if (watched.length > 0) hooks('acting', 'Does what the scenario says')(Acting)
}

function act(action: Action, event: HookEvent): void {
  const data = event.data as HookData<'onBeforeModelGenerate'>
  if (action.append_input !== undefined) data.input.push({ role: 'user', content: action.append_input })
  if (action.set_config) Object.assign(data.config, action.set_config)
  if (action.clear_tools) data.tools.length = 0
  if (action.raise) throw makeError(action.raise)
}
