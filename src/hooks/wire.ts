/** The record of an event on the wire and in the event log, one JSON object a line. */
import { EvalspanError } from '../errors.ts'
import { fromWireName, hookNames, toWireName, type EventMeta, type HookEvent, type WireName } from './hooks.ts'
import { isObject } from './is-object.ts'
import { formatTime, parseTime } from '../time.ts'

export interface WireRecord {
  readonly hook: WireName
  /** ISO 8601 in UTC. */
  readonly time: string
  readonly host: EventMeta['host']
  readonly data: HookEvent['data']
}

const hosts: readonly unknown[] = ['evalspan', 'inspect'] satisfies EventMeta['host'][]

/** The record of an event. Whether it was a replay is not recorded. */
export function toRecord({ hook, data, meta }: HookEvent): WireRecord {
  return { hook: toWireName(hook), time: meta.time, host: meta.host, data }
}

/**
 * The event of a record. `time` may also be Unix seconds, and `host` is Inspect when it is left out, as recorders of
 * Inspect's hooks write it; other fields are ignored. Throws an `EvalspanError` (`BAD_LOG`) for what is no record.
 */
export function fromRecord(value: unknown, { replay }: { readonly replay: boolean }): HookEvent {
  if (!isObject(value)) throw bad(`it is ${kindOf(value)} instead of an object with hook, time, host and data`)
  const { hook: wireName, time: given, host = 'inspect', data } = value
  if (wireName === undefined) throw bad('"hook" is missing')
  const hook = typeof wireName === 'string' ? fromWireName(wireName) : undefined
  if (hook === undefined) {
    throw bad(
      `${shown(wireName)} is no hook that this version knows (${hookNames.map(toWireName).join(', ')}): update evalspan ` +
        'if a newer one wrote it',
    )
  }
  if (given === undefined) throw bad(`"time" is missing in a record of ${toWireName(hook)}`)
  const time = parseTime(given)
  if (time === undefined) {
    throw bad(`"time" of a record of ${toWireName(hook)} is neither ISO 8601 nor Unix seconds: ${shown(given)}`)
  }
  if (!isHost(host))
    throw bad(`"host" of a record of ${toWireName(hook)} is neither evalspan nor inspect: ${shown(host)}`)
  if (data === undefined) throw bad(`"data" is missing in a record of ${toWireName(hook)}`)
  if (!isObject(data)) throw bad(`"data" of a record of ${toWireName(hook)} is ${kindOf(data)} instead of an object`)
  return { hook, data, meta: { time: formatTime(time), host, replay } } as unknown as HookEvent
}

function bad(message: string): EvalspanError {
  return new EvalspanError('BAD_LOG', `a record of an event cannot be read: ${message}`)
}

function isHost(value: unknown): value is EventMeta['host'] {
  return hosts.includes(value)
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

/** As JSON, cut where somebody's data would fill the line. */
function shown(value: unknown): string {
  return (typeof value === 'number' ? String(value) : JSON.stringify(value)).slice(0, 100)
}
