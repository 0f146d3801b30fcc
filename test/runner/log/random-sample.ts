import type { ChatMessage, EvalSample, Event, Json } from '../../../src/inspect/records.ts'
import { textOf } from '../../../src/runner/sample/task-state.ts'
import { sampleOf } from './log-parts.ts'

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a sample is made of, chosen by chance. */
export class RandomSamples {
  readonly #random: () => number
  #count = 0

  constructor(seed: number) {
    this.#random = randomNumbers(seed)
  }

  /** An agent's: each call has the messages of the last one, and some more. Ids of messages are unique, as they are in runs. */
  sample(id: string | number): EvalSample {
    const messages: ChatMessage[] = this.#list(3, () => this.#message('user'))
    const events: Event[] = [
      this.#event({ event: 'sample_init', sample: { input: this.#text() }, state: this.#json() }),
    ]
    for (let turn = this.#below(6); turn > 0; turn -= 1) {
      if (this.#random() < 0.2) messages.splice(0, this.#below(3))
      messages.push(this.#message('user'))
      const answer = this.#message('assistant')
      events.push(this.#modelEvent([...messages], answer), ...this.#list(3, () => this.#otherEvent()))
      messages.push(answer)
    }
    const retries = this.#list(2, () => ({
      message: 'failed',
      traceback: this.#text(),
      traceback_ansi: '',
      events: [this.#modelEvent([this.#message('user')], this.#message('assistant')), this.#otherEvent()],
    }))
    return sampleOf(id, {
      input: this.#random() < 0.5 ? this.#text() : this.#list(2, () => this.#message('user')),
      messages,
      events,
      metadata: { any: this.#json(), text: this.#text() },
      store: { any: this.#json() },
      ...(retries.length > 0 ? { error_retries: retries } : {}),
    })
  }

  #modelEvent(input: readonly ChatMessage[], message: ChatMessage): Event {
    const raw = this.#random()
    const call = {
      request: {
        model: 'gpt-9',
        ...(raw < 0.6 ? { [raw < 0.3 ? 'messages' : 'contents']: input.map(({ role }) => ({ role, raw: 'x' })) } : {}),
      },
      response: { id: this.#short(), deep: { list: [1, 'two', null] } },
    }
    return this.#event({
      event: 'model',
      model: 'openai/gpt-9',
      input,
      tools: this.#list(2, () => ({
        name: 'add',
        description: this.#text(),
        parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
      })),
      tool_choice: 'auto',
      config: {},
      output: { model: 'gpt-9', choices: [{ message, stop_reason: 'stop' }], completion: textOf(message) },
      ...(raw < 0.8 ? { call } : {}),
    })
  }

  #otherEvent(): Event {
    const image = { type: 'image', image: this.#dataUri(), detail: 'auto' }
    const kinds: { readonly [field: string]: unknown }[] = [
      { event: 'info', source: 'test', data: this.#json() },
      { event: 'state', changes: [{ op: 'add', path: '/a', value: this.#json() }] },
      { event: 'store', changes: [{ op: 'replace', path: '/b', value: this.#text() }] },
      {
        event: 'tool',
        type: 'function',
        id: 'call',
        function: 'add',
        arguments: { x: this.#json() },
        result: this.#text(),
      },
      { event: 'tool', type: 'function', id: 'call', function: 'see', arguments: {}, result: [image] },
      { event: 'score', score: { value: this.#random(), explanation: this.#text() } },
    ]
    return this.#event(this.#oneOf(kinds))
  }

  #event(fields: { readonly [field: string]: unknown }): Event {
    const timestamp = '2026-11-21T05:56:10.000001+00:00'
    return { uuid: this.#short(), timestamp, working_start: 0.5, ...fields } as unknown as Event
  }

  #message(role: 'user' | 'assistant'): ChatMessage {
    const parts = [
      { type: 'text', text: this.#text() },
      { type: 'image', image: this.#dataUri(), detail: 'auto' },
    ]
    const call = { id: this.#short(), function: 'add', arguments: { x: this.#json() }, type: 'function' }
    return {
      role,
      id: `message ${(this.#count += 1)} ${this.#short()}`,
      content:
        this.#random() < 0.5 ? `${this.#text()} ${this.#count}` : [...parts, { type: 'text', text: `${this.#count}` }],
      ...(role === 'assistant' && this.#random() < 0.5 ? { tool_calls: [call] } : {}),
    }
  }

  #json(depth = 0): Json {
    const chance = this.#random()
    if (depth < 4 && chance < 0.2) return this.#list(4, () => this.#json(depth + 1))
    if (depth < 4 && chance < 0.4) return { [this.#short()]: this.#json(depth + 1), __: this.#text() }
    return this.#oneOf<Json>([null, true, 1, -2.5, '', this.#text(), this.#dataUri()])
  }

  /** Few of them, so that they come again, and around the length from which on they are attachments. */
  #text(): string {
    const length = this.#oneOf([1, 30, 99, 100, 101, 500])
    return this.#oneOf(['a', 'é', '💡', '\\ud83d"\n']).repeat(length)
  }

  #dataUri(): string {
    return `data:image/png;base64,${'A'.repeat(this.#oneOf([4, 200]))}`
  }

  #short(): string {
    return Math.floor(this.#random() * 1e9).toString(36)
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!
  }

  #list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#below(most + 1) }, make)
  }
}
