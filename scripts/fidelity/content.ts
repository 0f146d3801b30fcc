import { isFields } from '../../src/inspect/fields.ts'
import { stringify } from '../../src/inspect/json.ts'
import { asLogged } from './as-logged.ts'

/** A text that is the same for values that are the same in a log, whatever the order of their fields. */
export function contentOf(value: unknown): string {
  return stringify(sorted(asLogged(value)))
}

/**
 * The content of a message without its id: what Inspect goes by when it stores equal messages once. Media count as they
 * are in a log without them, and an empty list of tool calls as none.
 */
export function messageContent(message: unknown): string {
  if (!isFields(message)) return contentOf(message)
  const { id: _, content, tool_calls: calls, ...rest } = message
  return contentOf({
    ...rest,
    content: withoutMedia(content),
    ...(Array.isArray(calls) && calls.length > 0 ? { calls } : {}),
  })
}

function withoutMedia(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map((part: unknown) =>
    isFields(part)
      ? Object.fromEntries(Object.entries(part).map(([name, value]) => [name, isMedia(value) ? removedMedia : value]))
      : part,
  )
}

function isMedia(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('data:') && value.includes(';base64,')
}

/** What Inspect writes in the place of media, when told to log none. */
export const removedMedia = '<base64-data-removed>'

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  )
}
