import { isFields, type Fields } from '../../inspect/fields.ts'
import { stringify } from '../../inspect/json.ts'
import type { Event } from '../../inspect/records.ts'
import type { Attachments } from './attachments.ts'
import { Pool } from './pool.ts'
import { eventWalker } from './walk-event.ts'

/** Condenses the events of a sample, one after the other. */
export class EventCondenser {
  /** Messages of inputs; those that differ in nothing but their ids are one. */
  readonly messages = new Pool<unknown>((message) =>
    stringify(isFields(message) ? { ...message, id: undefined } : message),
  )
  /** Messages of raw calls. */
  readonly calls = new Pool<unknown>(stringify)
  readonly attachments: Attachments
  readonly #walk: (event: Fields) => Fields

  constructor(attachments: Attachments) {
    this.attachments = attachments
    this.#walk = eventWalker(attachments.inEvent, attachments.inMessage)
  }

  /** With its long texts as attachments. */
  walked(event: Event): Fields {
    return this.#walk(event as unknown as Fields)
  }

  /** With its long texts as attachments, and its messages in the pools. */
  pooled(event: Event): Fields {
    const walked = this.walked(event)
    if (walked['event'] !== 'model') return walked
    const { input, call } = walked
    const refs =
      Array.isArray(input) && input.length > 0 ? { input: [], input_refs: this.messages.rangesOf(input) } : {}
    return { ...walked, ...refs, ...(isFields(call) ? { call: poolCall(call, this.calls) } : {}) }
  }
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
