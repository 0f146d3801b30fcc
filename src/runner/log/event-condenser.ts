import { isFields, type Fields } from '../../inspect/fields.ts'
import { stringify } from '../../inspect/json.ts'
import type { Event } from '../../inspect/records.ts'
import type { Attachments } from './attachments.ts'
import { Pool } from './pool.ts'
import { eventWalker } from './walk-event.ts'
import { messageWalker, walkList } from './walk.ts'

/** Condenses the events of a sample, one after the other. */
export class EventCondenser {
  /** Messages of inputs; those that differ in nothing but their ids are one. */
  readonly messages: Pool
  /** Messages of raw calls. */
  readonly calls = new Pool(stringify)
  readonly attachments: Attachments
  readonly #walk: (event: Fields) => Fields
  /** With the places of its messages as its input. */
  readonly #walkPooled: (event: Fields) => Fields

  constructor(attachments: Attachments) {
    this.attachments = attachments
    const message = messageWalker(attachments.inEvent)
    const rewrites = { text: attachments.inEvent, media: attachments.inMessage, message }
    const walkMessages = (messages: unknown): unknown => walkList(messages, message)
    this.messages = new Pool((each) => stringify(isFields(each) ? { ...each, id: undefined } : each), message)
    this.#walk = eventWalker({ ...rewrites, input: walkMessages })
    this.#walkPooled = eventWalker({
      ...rewrites,
      input: (input) => (isFilled(input) ? this.messages.rangesOf(input) : walkMessages(input)),
    })
  }

  /** With its long texts as attachments. */
  walked(event: Event): Fields {
    return this.#walk(event as unknown as Fields)
  }

  /** With its long texts as attachments, and its messages in the pools. */
  pooled(event: Event): Fields {
    const walked = this.#walkPooled(event as unknown as Fields)
    if (walked['event'] !== 'model') return walked
    const { input, call } = walked
    const refs = isFilled(input) ? { input: [], input_refs: input } : {}
    return { ...walked, ...refs, ...(isFields(call) ? { call: poolCall(call, this.calls) } : {}) }
  }
}

/** Where requests of providers have their messages. */
const messageKeys = ['messages', 'contents', 'input', 'inputs']

function poolCall(call: Fields, pool: Pool): Fields {
  const request = isFields(call['request']) ? call['request'] : {}
  const key = messageKeys.find((name) => name in request)
  if (key === undefined) return call
  const { [key]: messages, ...rest } = request
  return isFilled(messages) ? { ...call, request: rest, call_refs: pool.rangesOf(messages), call_key: key } : call
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}
