import { fromWireName, type HookEvent } from '../../hooks/hooks.ts'
import { isObject } from '../../hooks/is-object.ts'
import { fromRecord } from '../../hooks/wire.ts'
import { parse } from '../../inspect/json.ts'

/** What a forwarder tells of one hook. */
export interface LiveRecord {
  readonly event: HookEvent
  /** Where the log is of the task that starts, or of which this is the first of a sample. */
  readonly log?: string | undefined
}

/**
 * Reads a line of a live stream: a record of the hooks' wire format, or of a hook that only a newer Inspect has. Throws an
 * `EvalspanError` for what is neither.
 */
export function readRecord(line: string): LiveRecord | { readonly unknown: string } {
  const value = parse(line)
  if (isObject(value)) {
    const { hook } = value
    if (typeof hook === 'string' && /^on_[a-z_]+$/.test(hook) && !fromWireName(hook)) return { unknown: hook }
  }
  const event = fromRecord(value, { replay: false })
  const { log } = value as { readonly log?: unknown }
  return typeof log === 'string' && log !== '' ? { event, log } : { event }
}
