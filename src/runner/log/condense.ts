import { isFields, type Fields } from '../../inspect/fields.ts'
import { stringify } from '../../inspect/json.ts'
import type { EvalSample } from '../../inspect/records.ts'
import { Attachments } from './attachments.ts'
import { eventWalker } from './walk-event.ts'
import { messageWalker, walkList } from './walk.ts'
import { Pool } from './pool.ts'

/**
 * A sample as Inspect's logs have it (`log/_condense.py`, 0.3.285): long texts of events are attachments, and the
 * messages of model inputs and raw calls are in pools, so that what an agent says over and over is there once. The
 * sample itself stays as it is. Without `logImages` pictures and the like are left out, for good.
 */
export function condenseSample(sample: EvalSample, logImages = true): Fields {
  const attachments = new Attachments(sample.attachments, logImages)
  const walkMessage = messageWalker(attachments.inMessage)
  const walkEvent = eventWalker(attachments.inEvent, attachments.inMessage)
  const pools = {
    messages: new Pool<unknown>((message) => stringify(isFields(message) ? { ...message, id: undefined } : message)),
    calls: new Pool<unknown>(stringify),
  }
  const condensed = {
    ...sample,
    input: walkList(sample.input, walkMessage),
    messages: walkList(sample.messages, walkMessage),
    events: sample.events.map((event) => poolEvent(walkEvent(event as unknown as Fields), pools)),
    error_retries: sample.error_retries?.map(({ events, ...error }) => ({
      ...error,
      events: events?.map((event) => walkEvent(event as unknown as Fields)),
    })),
    events_data: { messages: pools.messages.items, calls: pools.calls.items },
  }
  return { ...condensed, attachments: attachments.usedBy(condensed) }
}

interface Pools {
  readonly messages: Pool<unknown>
  readonly calls: Pool<unknown>
}

function poolEvent(event: Fields, { messages, calls }: Pools): Fields {
  if (event['event'] !== 'model') return event
  const { input, call } = event
  const pooled = Array.isArray(input) && input.length > 0 ? { input: [], input_refs: messages.rangesOf(input) } : {}
  return { ...event, ...pooled, ...(isFields(call) ? { call: poolCall(call, calls) } : {}) }
}

/** Where requests of providers have their messages. */
const messageKeys = ['messages', 'contents', 'input', 'inputs']

function poolCall(call: Fields, pool: Pool<unknown>): Fields {
  const request = isFields(call['request']) ? call['request'] : {}
  const key = messageKeys.find((name) => name in request)
  if (key === undefined) return call
  const { [key]: messages, ...rest } = request
  if (!Array.isArray(messages) || messages.length === 0) return call
  return { ...call, request: rest, call_refs: pool.rangesOf(messages), call_key: key }
}
