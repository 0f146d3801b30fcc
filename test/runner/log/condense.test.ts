import { describe, expect, it } from 'vitest'
import { parse } from '../../../src/inspect/json.ts'
import { migrateSample } from '../../../src/inspect/migrate.ts'
import type { ChatMessage, EvalSample, Event } from '../../../src/inspect/records.ts'
import { resolveSample } from '../../../src/inspect/resolve.ts'
import { condenseSample } from '../../../src/runner/log/condense.ts'
import { logText } from '../../../src/runner/log/log-text.ts'
import { sampleOf } from './log-parts.ts'
import { RandomSamples } from './random-sample.ts'

const time = '2026-11-21T05:56:10.000001+00:00'
const long = 'x'.repeat(101)
/** What `mm3_hash` of Inspect 0.3.285 gives for it. */
const hash = '74e484d9fb2c68a3f256fe7de4c92ebc'
const picture = 'data:image/png;base64,AAAA'

/** As readers give it back. */
function readBack(sample: EvalSample): unknown {
  const record = migrateSample(parse(logText(condenseSample(sample))), undefined)
  resolveSample(record)
  return record
}

/** Attachments of raw calls stay where they are, as in what a live run shows. */
function withCallTexts(record: unknown): unknown {
  const { attachments, ...rest } = record as EvalSample
  const put = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const text = value.startsWith('attachment://') ? attachments?.[value.slice('attachment://'.length)] : undefined
      return text ?? value
    }
    if (Array.isArray(value)) return value.map(put)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, put(item)]))
  }
  return put(rest)
}

describe('a condensed sample', () => {
  it('is, read back, what it was', () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const sample = new RandomSamples(seed).sample(seed)
      const before = structuredClone(sample)
      expect(withCallTexts(readBack(sample))).toEqual(withCallTexts(sample))
      expect(sample).toEqual(before)
    }
  })

  it('has each long text of its events once', () => {
    const event: Event = { event: 'info', timestamp: time, data: { a: long, b: [long, 'x'.repeat(100)] } }
    expect(condenseSample(sampleOf(1, { events: [event] }))).toEqual({
      ...sampleOf(1),
      events: [
        {
          event: 'info',
          timestamp: time,
          data: { a: `attachment://${hash}`, b: [`attachment://${hash}`, 'x'.repeat(100)] },
        },
      ],
      events_data: { messages: [], calls: [] },
      attachments: { [hash]: long },
    })
  })

  it('counts characters as Python does', () => {
    const event = (data: string): Event => ({ event: 'info', timestamp: time, data })
    const texts = ['💡'.repeat(100), '💡'.repeat(101)]
    const { attachments } = condenseSample(sampleOf(1, { events: texts.map(event) }))
    expect(Object.values(attachments as object)).toEqual([texts[1]])
  })

  it('keeps long texts of its messages in place, without the data in them', () => {
    const content = [
      { type: 'text', text: long },
      { type: 'image', image: picture },
    ]
    const message: ChatMessage = { role: 'user', content }
    const { messages, input, attachments } = condenseSample(sampleOf(1, { messages: [message], input: [message] }))
    const [[reference, text]] = Object.entries(attachments as object) as [[string, string]]
    const condensed = [{ role: 'user', content: [content[0], { type: 'image', image: `attachment://${reference}` }] }]
    expect([messages, input, text]).toEqual([condensed, condensed, picture])
  })

  it('is without pictures where they are not to be logged', () => {
    const message: ChatMessage = { role: 'user', content: [{ type: 'image', image: picture }] }
    const event = {
      event: 'tool',
      timestamp: time,
      id: '1',
      function: 'see',
      arguments: {},
      result: [message.content[0]],
    }
    const sample = sampleOf(1, {
      messages: [message],
      events: [event as unknown as Event],
      attachments: { picture, other: picture },
      store: { kept: 'attachment://other' },
    })
    const named: EvalSample = {
      ...sample,
      input: [{ role: 'user', content: [{ type: 'image', image: 'attachment://picture' }] }],
    }
    const text = logText(condenseSample(named, false))
    expect(text.match(/<base64-data-removed>/g)).toHaveLength(3)
    expect(parse(text)).toMatchObject({ attachments: { other: picture } })
  })

  it('grows with what an agent says, not with how often it is said again', () => {
    const turns = 40
    const messages = Array.from({ length: turns }, (_, turn): ChatMessage => ({
      role: 'user',
      id: `${turn}`,
      content: `${turn}`,
    }))
    // Copies, as snapshots are.
    const events = messages.map((_, turn) => modelEvent(structuredClone(messages.slice(0, turn + 1))))
    const { events: condensed, events_data: pools } = condenseSample(sampleOf(1, { events }))
    expect(pools).toEqual({ messages, calls: messages.map(({ content }) => ({ content })) })
    expect(condensed).toEqual(
      messages.map((_, turn) => ({
        ...modelEvent([]),
        input_refs: [[0, turn + 1]],
        call: { request: { model: 'gpt-9' }, call_refs: [[0, turn + 1]], call_key: 'messages' },
      })),
    )
  })

  it('has messages that differ in nothing but their id once, as Inspect does', () => {
    const [first, second] = ['1', '2'].map((id): ChatMessage => ({ role: 'user', id, content: 'same' }))
    const { events, events_data: pools } = condenseSample(sampleOf(1, { events: [modelEvent([first!, second!])] }))
    expect(pools).toMatchObject({ messages: [first] })
    expect(events).toMatchObject([
      {
        input_refs: [
          [0, 1],
          [0, 1],
        ],
      },
    ])
  })

  it('tells numbers apart that JSON does not', () => {
    const message = (id: string, value: unknown): ChatMessage =>
      ({ role: 'user', id, content: '', metadata: { value } }) as ChatMessage
    const input = [message('1', Number.NaN), message('2', null)]
    expect(readBack(sampleOf(1, { events: [modelEvent(input)] }))).toMatchObject({ events: [{ input }] })
  })

  it('keeps what its raw calls refer to', () => {
    const call = { request: { prompt: `attachment://${hash}` }, response: { text: long } }
    const sample = sampleOf(1, { events: [{ ...modelEvent([]), call }], attachments: { [hash]: long } })
    expect(readBack(sample)).toMatchObject({
      events: [{ call: { ...call, response: { text: `attachment://${hash}` } } }],
      attachments: { [hash]: long },
    })
  })

  it('has data to the depth that Inspect can read', () => {
    let data: unknown = long
    for (let depth = 0; depth < 5000; depth += 1) data = [data]
    const { events, attachments } = condenseSample(sampleOf(1, { events: [{ event: 'info', timestamp: time, data }] }))
    expect(JSON.stringify(events)).toContain(`${'['.repeat(240)}"<max nesting depth exceeded>"`)
    expect(attachments).toEqual({})
  })
})

function modelEvent(input: readonly ChatMessage[]): Event & { readonly event: 'model' } {
  return {
    event: 'model',
    timestamp: time,
    model: 'openai/gpt-9',
    input,
    call: {
      request: { model: 'gpt-9', ...(input.length > 0 ? { messages: input.map(({ content }) => ({ content })) } : {}) },
    },
  } as unknown as Event & { readonly event: 'model' }
}
