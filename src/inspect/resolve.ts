import { isFields, type Fields } from './fields.ts'

/**
 * Puts back, in place, what Inspect took out of a sample to store it once: messages of model inputs and of raw calls
 * (pools), and long texts (attachments). As in what a live run shows, raw calls keep references to attachments, whose
 * texts alone stay in `sample.attachments`; those of retried attempts have the texts, as Inspect reads them back from
 * its buffer. Pool messages are shared by the inputs they occur in.
 */
export function resolveSample(sample: Fields): void {
  const pools = takePools(sample)
  const events = sample['events'] as Fields[]
  const attachments = sample['attachments'] as Fields
  if (Object.keys(attachments).length > 0) {
    const attempts = (sample['error_retries'] ?? []) as Fields[]
    const retried = attempts.map((attempt) => (attempt['events'] ?? []) as Fields[])
    const used = new Set<string>()
    const textOf = textsIn(attachments, used)
    resolveAttachments([sample['input'], sample['messages'], events, pools.messages, retried], textOf)
    for (const list of retried) resolveCalls(list, textOf)
    // Events of 2024 hold others.
    const rawCalls = [...events, ...retried.flat()].flatMap((event) => [event['call'], event['events']])
    dropAttachments(attachments, used, [rawCalls, pools.calls])
  }
  for (const event of events) {
    if (event['event'] === 'model') resolveModelEvent(event, pools)
  }
}

/** By a model event of a retried attempt: the event as it was before its raw call had its texts. */
const streamed = new WeakMap<object, object>()

/** The event as it was streamed to the hooks, where the end of its sample has more of it. */
export function asStreamed<T extends object>(event: T): T {
  return (streamed.get(event) as T | undefined) ?? event
}

function resolveCalls(events: Fields[], textOf: AttachmentText): void {
  for (const [index, event] of events.entries()) {
    if (event['event'] !== 'model' || !isFields(event['call'])) continue
    const full = { ...event, call: copyWithTexts(event['call'], textOf) }
    streamed.set(full, event)
    events[index] = full
  }
}

/** Without recursion, as `resolveAttachments`. */
function copyWithTexts(root: unknown, textOf: AttachmentText): unknown {
  const top = [root]
  const open: object[] = [top]
  for (let holder = open.pop() as Fields | undefined; holder !== undefined; holder = open.pop() as Fields | undefined) {
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value === 'string') holder[key] = attachmentOf(value, textOf) ?? value
      if (typeof value !== 'object' || value === null) continue
      const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...value }
      holder[key] = copy
      open.push(copy)
    }
  }
  return top[0]
}

export interface Pools {
  readonly messages: readonly unknown[]
  readonly calls: readonly unknown[]
}

function takePools(sample: Fields): Pools {
  const data = (sample['events_data'] ?? {}) as Partial<Pools>
  const messages = data.messages ?? sample['message_pool'] ?? []
  const calls = data.calls ?? sample['call_pool'] ?? []
  for (const name of ['events_data', 'message_pool', 'call_pool']) delete sample[name]
  return { messages, calls } as Pools
}

/** An empty pool leaves references as they are, and so does Inspect. */
export function resolveModelEvent(event: Fields, pools: Pools): void {
  if (Array.isArray(event['input_refs']) && pools.messages.length > 0) {
    event['input'] = expandRanges(event['input_refs'], pools.messages)
    delete event['input_refs']
  }
  const { call } = event
  if (isFields(call) && Array.isArray(call['call_refs']) && pools.calls.length > 0) {
    const key = typeof call['call_key'] === 'string' ? call['call_key'] : 'messages'
    const request = isFields(call['request']) ? call['request'] : {}
    // Whatever the key, `__proto__` included, it is that of a field.
    call['request'] = { ...request, [key]: expandRanges(call['call_refs'], pools.calls) }
    delete call['call_refs']
    delete call['call_key']
  }
}

/** Of ranges `[start, end)`; what lies beyond the pool is left out. */
export function expandRanges(ranges: readonly unknown[], pool: readonly unknown[]): unknown[] {
  let items: unknown[] = []
  for (const range of ranges) {
    const [start, end] = Array.isArray(range) ? (range as unknown[]) : []
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) continue
    const part = pool.slice(Math.max(0, start as number), Math.max(0, end as number))
    // One range is the rule, and is done without a copy.
    if (ranges.length === 1) items = part
    else for (const item of part) items.push(item)
    if (items.length > mostItems) {
      throw new Error(`refers to more than ${mostItems} messages at once, which no model takes; copy the log again`)
    }
  }
  return items
}

/** Ranges that come again and again would fill the memory. */
const mostItems = 200_000

/** The text of an attachment, if it is there. */
export type AttachmentText = (hash: string) => string | undefined

function textsIn(attachments: Fields, used: Set<string>): AttachmentText {
  return (hash) => {
    const text = Object.hasOwn(attachments, hash) ? attachments[hash] : undefined
    if (typeof text !== 'string') return undefined
    used.add(hash)
    return text
  }
}

/** Live, a sample has the attachments of raw calls alone. Those that were put back and no call refers to go. */
function dropAttachments(attachments: Fields, used: Set<string>, rawCalls: readonly unknown[]): void {
  if (used.size === 0) return
  const keep = (hash: string): undefined => void used.delete(hash)
  const open: unknown[] = [...rawCalls]
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value === 'string') attachmentOf(value, keep)
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) open.push(item)
  }
  for (const hash of used) delete attachments[hash]
}

/** Puts texts back in place, but in raw calls. */
// With a list of what is still to do instead of recursion, since data may be nested deeper than the stack.
export function resolveAttachments(root: unknown[], textOf: AttachmentText): void {
  const open: object[] = [root]
  const resolve = (holder: Fields | unknown[], key: string | number): void => {
    const value = (holder as Fields)[key]
    if (typeof value === 'object' && value !== null) open.push(value)
    if (typeof value !== 'string') return
    const text = attachmentOf(value, textOf)
    if (text !== undefined) (holder as Fields)[key] = text
  }
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    if (Array.isArray(holder)) {
      for (let index = 0; index < holder.length; index += 1) resolve(holder, index)
      continue
    }
    const fields = holder as Fields
    const isModelEvent = fields['event'] === 'model'
    for (const key in fields) {
      if (!(isModelEvent && key === 'call')) resolve(fields, key)
    }
  }
}

const protocol = 'attachment://'
/** What Inspect wrote in 2024. */
const oldProtocol = 'tc://'

function attachmentOf(value: string, textOf: AttachmentText): string | undefined {
  const length = value.startsWith(protocol) ? protocol.length : value.startsWith(oldProtocol) ? oldProtocol.length : 0
  return length === 0 ? undefined : textOf(value.slice(length))
}
