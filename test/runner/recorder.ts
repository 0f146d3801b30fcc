import { Hooks, hookNames, type HookEvent, type HookName } from '../../src/index.ts'
import { hooks } from '../../src/hooks/register.ts'
import { takeEvents } from '../../src/hooks/take-events.ts'

/** All events that were fired since the last `take`, as they were then. */
const fired: HookEvent[] = []
class Recorder extends Hooks {}
takeEvents(Recorder, hookNames, (event) => void fired.push(structuredClone(event)))
hooks('recorder', 'Keeps what is fired')(Recorder)

export function takeFired(): HookEvent[] {
  return fired.splice(0)
}

/** Names of hooks in their order, without the events of transcripts, which come when they like. */
export function sequence(events: readonly HookEvent[]): string[] {
  return events.filter(({ hook }) => hook !== 'onSampleEvent').map(({ hook, data }) => shortName(hook, data))
}

function shortName(hook: HookName, data: object): string {
  const name = hook.replace(/^on/, '')
  const { attempt, will_retry, error } = data as { attempt?: number; will_retry?: boolean; error?: object }
  if (hook === 'onSampleAttemptStart' || hook === 'onModelRetry') return `${name} ${attempt}`
  if (hook === 'onSampleAttemptEnd') return `${name} ${attempt}${error ? ' error' : ''}${will_retry ? ' retry' : ''}`
  return name
}
