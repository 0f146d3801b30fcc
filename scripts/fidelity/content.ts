import { isFields } from '../../src/inspect/fields.ts'
import { stringify } from '../../src/inspect/json.ts'
import { asLogged } from './as-logged.ts'

/** A text that is the same for values that are the same in a log, whatever the order of their fields. */
export function contentOf(value: unknown): string {
  return stringify(sorted(asLogged(value)))
}

/** The content of a message without its id: what Inspect goes by when it stores equal messages once. */
export function messageContent(message: unknown): string {
  return contentOf(isFields(message) ? { ...message, id: undefined } : message)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  )
}
