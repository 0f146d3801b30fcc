import { isFields, type Fields } from '../fields.ts'

/** What has a duration: a call of a model or a tool, a sub-task. */
export function isCall(event: Fields): boolean {
  return event['event'] === 'model' || event['event'] === 'tool' || event['event'] === 'subtask'
}

/** What happened within a tool or a sub-task, in logs older than spans (0.3.94). */
export function eventsWithin(event: Fields): Fields[] {
  const { events } = event
  return Array.isArray(events) && isCall(event) ? events.filter(isFields) : []
}
