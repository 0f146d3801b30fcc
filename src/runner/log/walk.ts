import { isFields, type Fields } from '../../inspect/fields.ts'

/** What is put in place of a text; the same text where it stays. */
export type Rewrite = (text: string) => string

/** A record with another value in a field; the same record where the value is the same, or there is none. */
export function walkField(record: Fields, name: string, walk: (value: unknown) => unknown): Fields {
  const value = record[name]
  if (value === undefined || value === null) return record
  const walked = walk(value)
  return walked === value ? record : { ...record, [name]: walked }
}

/** A list with other items; the same list where all of them are the same, or it is none. */
export function walkList(list: unknown, walk: (item: unknown) => unknown): unknown {
  if (!Array.isArray(list)) return list
  let copy: unknown[] | undefined
  for (let index = 0; index < list.length; index += 1) {
    const item: unknown = list[index]
    const walked = walk(item)
    if (walked !== item) (copy ??= [...(list as unknown[])])[index] = walked
  }
  return copy ?? list
}

/** Rewrites the texts of data of any shape, however deep. */
export function walkJson(value: unknown, rewrite: Rewrite, depth = 0): unknown {
  if (typeof value === 'string') return rewrite(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return tooDeep
  if (Array.isArray(value)) return walkList(value, (item) => walkJson(item, rewrite, depth + 1))
  let copy: Fields | undefined
  for (const [key, item] of Object.entries(value)) {
    const walked = walkJson(item, rewrite, depth + 1)
    // A key `__proto__` is a field of the copy as well by then, so that this sets no prototype.
    if (walked !== item) (copy ??= { ...value })[key] = walked
  }
  return copy ?? value
}

/** Inspect writes, and reads, nothing that is nested much deeper than this. */
const deepest = 240
const tooDeep = '<max nesting depth exceeded>'

/**
 * Rewrites the texts of messages. One that was seen before, the same object, gives the same result, since each call of
 * a model has all messages of those before it.
 */
export function messageWalker(rewrite: Rewrite): (message: unknown) => unknown {
  const seen = new Map<unknown, unknown>()
  return (message) => {
    if (!seen.has(message)) seen.set(message, isFields(message) ? walkMessage(message, rewrite) : message)
    return seen.get(message)
  }
}

/** Arguments of tool calls only beside content in parts, as Inspect has it. */
function walkMessage(message: Fields, rewrite: Rewrite): Fields {
  if (typeof message['content'] === 'string') return walkField(message, 'content', textWalker(rewrite))
  const walked = walkField(message, 'content', (parts) => walkList(parts, (part) => walkPart(part, rewrite)))
  return walkField(walked, 'tool_calls', (calls) => walkList(calls, (call) => walkToolCall(call, rewrite)))
}

function walkPart(part: unknown, rewrite: Rewrite): unknown {
  if (!isFields(part)) return part
  const walkText = textWalker(rewrite)
  const walkData = (value: unknown): unknown => walkJson(value, rewrite)
  switch (part['type']) {
    case 'text':
    case 'reasoning':
      return walkField(part, part['type'], walkText)
    case 'tool_use':
      return walkField(walkField(walkField(part, 'arguments', walkData), 'result', walkData), 'error', walkText)
    case 'data':
      return walkField(part, 'data', walkData)
    default:
      return walkMedia(part, rewrite)
  }
}

/** Pictures and the like are in a field of the name of their type. */
export function walkMedia(part: unknown, rewrite: Rewrite): unknown {
  if (!isFields(part) || !media.has(part['type'] as string)) return part
  return walkField(part, part['type'] as string, textWalker(rewrite))
}

const media: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'document'])

function walkToolCall(call: unknown, rewrite: Rewrite): unknown {
  if (!isFields(call)) return call
  const walked = walkField(call, 'arguments', (value) => walkJson(value, rewrite))
  return walkField(walked, 'view', (view) => (isFields(view) ? walkField(view, 'content', textWalker(rewrite)) : view))
}

export function textWalker(rewrite: Rewrite): (value: unknown) => unknown {
  return (value) => (typeof value === 'string' ? rewrite(value) : value)
}
