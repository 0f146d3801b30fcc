import { createHash } from 'node:crypto'
import type { Random } from './random.ts'

export type Json = { [key: string]: unknown }

/** The events of a sample while they are written, with the pools and attachments that Inspect condenses them into. */
export class Transcript {
  readonly random: Random
  readonly events: Json[] = []
  readonly attachments: { [hash: string]: string } = {}
  readonly #open: string[] = []
  #microseconds: number
  readonly #start: number

  /** The start is in milliseconds since 1970. */
  constructor(random: Random, start: number) {
    this.random = random
    this.#microseconds = start * 1000
    this.#start = this.#microseconds
  }

  get seconds(): number {
    return (this.#microseconds - this.#start) / 1e6
  }

  /** The time as Inspect writes it, after some milliseconds have gone by. */
  timestamp(passed = 0): string {
    this.#microseconds += Math.round(passed * 1000) + this.random.below(900) + 50
    const whole = new Date(Math.floor(this.#microseconds / 1000)).toISOString().slice(0, -1)
    return `${whole}${String(this.#microseconds % 1000).padStart(3, '0')}+00:00`
  }

  begin(type: string, name: string): string {
    const id = this.random.id()
    const parent = this.#open.at(-1)
    this.#push({ event: 'span_begin', id, ...(parent === undefined ? {} : { parent_id: parent }), type, name }, id)
    this.#open.push(id)
    return id
  }

  end(): void {
    const id = this.#open.pop() ?? ''
    this.#push({ event: 'span_end', id }, id)
  }

  add(event: Json, timestamp: string = this.timestamp()): string {
    return this.#push(event, this.#open.at(-1) ?? '', timestamp)
  }

  /** What stands in an event for a text: long ones are kept once, under a hash (Inspect's is murmur3, readers do not check). */
  attach(text: string): string {
    if (text.length <= 100) {
      return text
    }
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 32)
    this.attachments[hash] = text
    return `attachment://${hash}`
  }

  #push(event: Json, span: string, timestamp: string = this.timestamp()): string {
    const uuid = this.random.id()
    this.events.push({ uuid, span_id: span, timestamp, working_start: this.seconds, ...event })
    return uuid
  }
}
