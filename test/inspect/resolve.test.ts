import { describe, expect, it } from 'vitest'
import { asStreamed, resolveSample } from '../../src/inspect/resolve.ts'
import { sample } from './log-text.ts'

function user(content: string): object {
  return { role: 'user', content }
}

function modelEvent(changes: object): { [name: string]: unknown } {
  return { event: 'model', timestamp: '2026-01-01T00:00:00+00:00', input: [], ...changes }
}

function resolve(changes: object): { [name: string]: unknown } {
  const record = sample('a', 0, changes)
  resolveSample(record)
  return record
}

describe('pools', () => {
  const messages = [user('0'), user('1'), user('2'), user('3')]

  it('are put back into inputs and raw calls, shared', () => {
    const { events, events_data: pools } = resolve({
      events_data: { messages, calls: ['a', 'b', 'c'] },
      events: [
        modelEvent({
          input_refs: [
            [0, 2],
            [3, 4],
          ],
          call: { request: { model: 'm' }, call_refs: [[0, 2]] },
        }),
        modelEvent({ input_refs: [], call: { request: {}, call_refs: [[2, 3]], call_key: 'contents' } }),
        modelEvent({ input: [user('inline')] }),
      ],
    })
    expect(pools).toBeUndefined()
    expect(events).toEqual([
      modelEvent({
        input: [messages[0], messages[1], messages[3]],
        call: { request: { model: 'm', messages: ['a', 'b'] } },
      }),
      modelEvent({ input: [], call: { request: { contents: ['c'] } } }),
      modelEvent({ input: [user('inline')] }),
    ])
    expect((events as { input: unknown[] }[])[0]!.input[0]).toBe(messages[0])
  })

  it('of version 3 lie in the sample itself', () => {
    const { events, message_pool: left } = resolve({
      message_pool: messages,
      call_pool: ['a'],
      events: [modelEvent({ input_refs: [[1, 3]], call: { request: {}, call_refs: [[0, 1]], call_key: 'input' } })],
    })
    expect(left).toBeUndefined()
    expect(events).toEqual([modelEvent({ input: [messages[1], messages[2]], call: { request: { input: ['a'] } } })])
  })

  it('leave out what is beyond their end, and leave references when they are empty', () => {
    const events = [
      modelEvent({
        input_refs: [
          [2, 9],
          [7, 8],
        ],
      }),
    ]
    expect(resolve({ events_data: { messages, calls: [] }, events: structuredClone(events) })['events']).toEqual([
      modelEvent({ input: [messages[2], messages[3]] }),
    ])
    expect(resolve({ events_data: { messages: [], calls: [] }, events: structuredClone(events) })['events']).toEqual(
      events,
    )
    expect(resolve({ events: structuredClone(events) })['events']).toEqual(events)
  })
})

describe('attachments', () => {
  const attachments = { h1: 'long text', h2: 'data:image/png;base64,AA', h3: 'attachment://h1' }

  it('are put back everywhere but in raw calls, whose texts alone stay in the sample', () => {
    const record = resolve({
      attachments,
      input: [user('attachment://h1')],
      messages: [{ role: 'user', content: [{ type: 'image', image: 'attachment://h2' }] }],
      metadata: { untouched: 'attachment://h1' },
      events_data: { messages: [user('tc://h1')], calls: [user('attachment://h1')] },
      events: [
        {
          event: 'info',
          data: ['attachment://h1', 'see attachment://h1', 'attachment://unknown', 'attachment://toString'],
        },
        modelEvent({
          input_refs: [[0, 1]],
          output: { choices: [{ message: user('attachment://h3') }] },
          call: { request: { system: 'attachment://h1' }, call_refs: [[0, 1]] },
        }),
        {
          event: 'tool',
          arguments: { text: 'attachment://h1' },
          events: [modelEvent({ call: { request: { a: 'tc://h1' } } })],
        },
      ],
      error_retries: [{ message: 'attachment://h1', events: [{ event: 'info', data: 'attachment://h1' }] }],
    })
    expect(record).toEqual(
      sample('a', 0, {
        attachments: { h1: 'long text' },
        input: [user('long text')],
        messages: [{ role: 'user', content: [{ type: 'image', image: 'data:image/png;base64,AA' }] }],
        metadata: { untouched: 'attachment://h1' },
        events: [
          {
            event: 'info',
            data: ['long text', 'see attachment://h1', 'attachment://unknown', 'attachment://toString'],
          },
          modelEvent({
            input: [user('long text')],
            output: { choices: [{ message: user('attachment://h1') }] },
            call: { request: { system: 'attachment://h1', messages: [user('attachment://h1')] } },
          }),
          {
            event: 'tool',
            arguments: { text: 'long text' },
            events: [modelEvent({ call: { request: { a: 'tc://h1' } } })],
          },
        ],
        error_retries: [{ message: 'attachment://h1', events: [{ event: 'info', data: 'long text' }] }],
      }),
    )
  })

  it('are in raw calls of retried attempts too, but not in what was streamed of them', () => {
    const call = { request: { messages: [user('attachment://h1')], nothing: null } }
    const retries = [{ message: 'failed', events: [modelEvent({ call })] }]
    const record = resolve({ attachments: { h1: 'long text' }, error_retries: retries })
    const [event] = (record['error_retries'] as { events: object[] }[])[0]!.events
    expect(event).toEqual(modelEvent({ call: { request: { messages: [user('long text')], nothing: null } } }))
    expect(asStreamed(event!)).toEqual(modelEvent({ call }))
    expect(record['attachments']).toEqual({})
  })

  it('are found in data that is nested deeper than the stack', () => {
    let data: unknown = ['attachment://h1']
    for (let depth = 0; depth < 50_000; depth += 1) data = [data]
    let found = (resolve({ attachments, events: [{ event: 'info', data }] })['events'] as { data: unknown }[])[0]!.data
    while (Array.isArray(found)) found = found[0]
    expect(found).toBe('long text')
  })
})
