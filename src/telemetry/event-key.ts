import type { Event, ToolEvent } from '../inspect/records.ts'

/** What tells attempts of a call apart, without the conversation that each of them carries. */
export function leanEvent(event: Event): Event {
  const { timestamp, working_start, uuid, span_id } = event
  if (event.event !== 'model') return { event: 'info', timestamp, working_start }
  const { model, role, error, pending, completed, working_time } = event
  const call = event.call && { request: {}, time: event.call.time }
  const input = event.input.slice(-1)
  return {
    event: 'model',
    uuid,
    span_id,
    timestamp,
    working_start,
    working_time,
    model,
    role,
    error,
    pending,
    completed,
    call,
    input,
  }
}

/** One event in all its deliveries. Logs older than uuids are told apart by what an event says of itself. */
export function eventKey(event: Event): string {
  if (event.event === 'span_begin') return `span:${event.id}`
  if (event.event === 'span_end') return `end:${event.id}`
  return event.uuid ?? `${event.event}|${event.span_id}|${event.timestamp}|${(event as ToolEvent).id ?? ''}`
}
