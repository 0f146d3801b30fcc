import type { HookEvent } from '../../hooks/hooks.ts'
import { asFields } from '../../inspect/fields.ts'
import { presentSample } from '../../inspect/log.ts'
import { migrateEvent } from '../../inspect/migrate-event.ts'
import { migrateHeader } from '../../inspect/migrate.ts'
import type { EvalLog } from '../../inspect/records.ts'

/**
 * Brings what a hook of an older Inspect was given to the present form, as the reader of its log does. `header`: of the
 * task that it is of. Throws an error that names the field that is unusable.
 */
export function toPresentForm(event: HookEvent, header: EvalLog | undefined): HookEvent {
  const { hook, data } = event
  switch (hook) {
    case 'onSampleInit':
    case 'onSampleStart':
    case 'onSampleAttemptStart':
    case 'onSampleAttemptEnd':
      // In older versions the hook alone says it.
      return {
        ...event,
        data: { ...data, summary: { ...data.summary, uuid: data.summary.uuid ?? data.sample_id } },
      } as HookEvent
    case 'onSampleEvent':
      migrateEvent(asFields(data.event, 'the event'))
      return event
    case 'onSampleEnd':
      // Before Inspect 0.3.113 there is none.
      if ((data.sample as unknown) === undefined || !header) return event
      return { ...event, data: { ...data, sample: presentSample(data.sample, header) } }
    case 'onTaskEnd':
      return { ...event, data: { ...data, log: migrateHeader(data.log).header } }
    case 'onRunEnd':
      return { ...event, data: { ...data, logs: data.logs.map((log) => migrateHeader(log).header) } }
    default:
      return event
  }
}
