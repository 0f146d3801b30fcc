import type { HookData, HookEvent, HookName } from '../hooks/hooks.ts'
import { formatTime, type HrTime } from '../time.ts'

/** `time` may be a timestamp of the log, which is in UTC. */
export function fire<N extends HookName>(hook: N, data: HookData<N>, time: HrTime | string): HookEvent {
  const text = typeof time === 'string' ? time.replace('+00:00', 'Z') : formatTime(time)
  return { hook, data, meta: { time: text, host: 'inspect', replay: true } } as unknown as HookEvent
}
