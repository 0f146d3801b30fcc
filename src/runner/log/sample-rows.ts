import { setImmediate } from 'node:timers/promises'
import type { EvalSampleSummary, Event, Json } from '../../inspect/records.ts'
import { Attachments } from './attachments.ts'
import { EventCondenser } from './event-condenser.ts'
import { logText } from './log-text.ts'
import { murmur3 } from './murmur3.ts'
import { isNestedBeyond } from './nesting.ts'
import type { Pool } from './pool.ts'

/** The last numbers that were given to rows: they grow within a buffer, over all of its samples. */
export interface RowNumbers {
  events: number
  attachments: number
  message_pool: number
  call_pool: number
}

/** What a segment has of a sample: the last numbers of its rows, 0 where it has none. */
export interface SegmentPart {
  readonly id: number
  readonly last_event_id: number
  readonly last_attachment_id: number
  readonly last_message_pool_id: number
  readonly last_call_pool_id: number
}

/** How a sample ended. */
interface Completion {
  readonly summary: EvalSampleSummary
  readonly metadata: { readonly [key: string]: Json }
}

/** What is new of an attempt. */
export interface NewRows {
  /** As Inspect's `SampleData`; undefined when there are none. */
  readonly text: string | undefined
  readonly last: Omit<SegmentPart, 'id'>
  readonly summary: EvalSampleSummary
  /** Once it is over. */
  readonly metadata: Completion['metadata'] | undefined
}

/**
 * What happens in an attempt at a sample, as rows of Inspect's sample buffer (0.3.285, `log/_recorders/buffer/types.py`): each
 * version of an event is a row, and so is each text and message that they refer to. Rows are made when they are taken.
 */
export class SampleRows {
  readonly segments: SegmentPart[] = []
  /** Names of the files that have something of it. */
  readonly files: string[] = []
  /** What a manifest says of it; undefined until rows were taken. */
  listed: { readonly summary: EvalSampleSummary; readonly metadataHash: string | undefined } | undefined
  readonly #key: { readonly sample_id: string; readonly epoch: number }
  readonly #onNew: () => void
  readonly #logImages: boolean
  /** Made when it is needed: most samples are in the log before. */
  #condenser: EventCondenser | undefined
  #pooled = { messages: 0, calls: 0 }
  #events: Event[] = []
  #summary: EvalSampleSummary | undefined
  #completion: Completion | undefined
  #isChanged = false
  #isClosed = false

  /** `onNew` is told that there is something to be taken. */
  constructor(id: string | number, epoch: number, logImages: boolean, onNew: () => void) {
    this.#key = { sample_id: String(id), epoch }
    this.#onNew = onNew
    this.#logImages = logImages
  }

  /** Before that it is in no manifest. */
  start(summary: EvalSampleSummary): void {
    this.#summary = summary
    this.#changed()
  }

  /** An event, or a new version of one, as a copy that changes no more. */
  push(event: Event): void {
    if (this.#isClosed) return
    this.#events.push(event)
    this.#changed()
  }

  complete(summary: EvalSampleSummary, metadata: Completion['metadata']): void {
    this.#completion = { summary, metadata }
    this.#changed()
  }

  /** Nobody will take anything any more. */
  close(): void {
    this.#isClosed = true
    this.#events = []
    this.#condenser = undefined
  }

  /** What is new; undefined when there is nothing. What the eval has to do comes in between. */
  async take(numbers: RowNumbers): Promise<NewRows | undefined> {
    const summary = this.#completion?.summary ?? this.#summary
    if (this.#isClosed || !this.#isChanged || !summary) return undefined
    const metadata = this.#completion?.metadata
    const condenser = (this.#condenser ??= new EventCondenser(new Attachments({}, this.#logImages)))
    const taken = this.#events
    this.#events = []
    this.#isChanged = false
    // A sample that is over changes no more.
    if (metadata) this.close()
    const last = { last_event_id: 0, last_attachment_id: 0, last_message_pool_id: 0, last_call_pool_id: 0 }
    const events: string[] = []
    let began = performance.now()
    for (const event of taken) {
      const text = eventText(event, condenser)
      if (text !== undefined) {
        last.last_event_id = numbers.events += 1
        const fields = { id: numbers.events, event_id: event.uuid ?? '', ...this.#key }
        events.push(`${logText(fields).slice(0, -1)},"event":${text}}`)
      }
      if (performance.now() - began > sliceMs) {
        await setImmediate()
        began = performance.now()
      }
    }
    const attachments = condenser.attachments.take().map(([hash, content]) => {
      last.last_attachment_id = numbers.attachments += 1
      return logText({ id: numbers.attachments, ...this.#key, hash, content })
    })
    const messages = newItems(condenser.messages, this.#pooled.messages).map((data) => {
      last.last_message_pool_id = numbers.message_pool += 1
      return logText({ id: numbers.message_pool, ...this.#key, msg_id: murmur3(Buffer.from(data)), data })
    })
    const calls = newItems(condenser.calls, this.#pooled.calls).map((data) => {
      last.last_call_pool_id = numbers.call_pool += 1
      return logText({ id: numbers.call_pool, ...this.#key, hash: murmur3(Buffer.from(data)), data })
    })
    this.#pooled = { messages: condenser.messages.items.length, calls: condenser.calls.items.length }
    const lists = { events, attachments, message_pool: messages, call_pool: calls }
    const isEmpty = Object.values(lists).every(({ length }) => length === 0)
    return { text: isEmpty ? undefined : listsText(lists), last, summary, metadata }
  }

  #changed(): void {
    if (this.#isClosed) return
    this.#isChanged = true
    this.#onNew()
  }
}

/** So long the eval waits at most, in milliseconds, but for what takes longer in one piece. */
const sliceMs = 5

/** Inspect cannot read a segment with an event that is nested more deeply. */
const deepestEvent = 197

/** Undefined for what cannot be written: the log will say so when the sample is over. */
function eventText(event: Event, condenser: EventCondenser): string | undefined {
  try {
    const record = condenser.pooled(event)
    return isNestedBeyond(deepestEvent, record) ? undefined : logText(record)
  } catch {
    return undefined
  }
}

function newItems(pool: Pool, known: number): string[] {
  return pool.items.slice(known).map(logText)
}

function listsText(lists: { readonly [name: string]: readonly string[] }): string {
  return `{${Object.entries(lists)
    .map(([name, rows]) => `"${name}":[${rows.join(',')}]`)
    .join(',')}}`
}
