import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { describe, expect, it } from 'vitest'
import { generate, info, modelError, modelOutput, useTools, type Event, type ModelEvent } from '../../../src/index.ts'
import { EventStream } from '../../../src/runner/sample/event-stream.ts'
import { say, startOpenAiServer } from '../openai-server.ts'
import { aTask, dataOf, question, run, withHooks } from '../run.ts'
import { quickModel } from '../scenarios.ts'

// Inspect's tests/hooks/test_sample_events.py, the part of test_hooks.py on sample events, and
// tests/model/test_tool_info_lifecycle.py, by name in the comments.

describe('events of samples', () => {
  // test_sample_events_are_emitted, test_sample_events_arrive_before_sample_end
  it('have the ids of their sample, and come between the start and the end of their attempt', async () => {
    const { events } = await run(aTask())
    const [start] = dataOf(events, 'onSampleStart')
    const told = dataOf(events, 'onSampleEvent')
    const { eval_set_id, run_id, eval_id, sample_id } = start!
    expect(told.length).toBeGreaterThan(5)
    for (const { event: _, ...ids } of told) expect(ids).toEqual({ eval_set_id, run_id, eval_id, sample_id })
    const names = events.map(({ hook }) => hook)
    expect(names.indexOf('onSampleEvent')).toBeGreaterThan(names.indexOf('onSampleAttemptStart'))
    expect(names.lastIndexOf('onSampleEvent')).toBeLessThan(names.indexOf('onSampleAttemptEnd'))
  })

  // test_sample_events_with_multiple_samples
  it('tell which of two samples they belong to', async () => {
    const { events } = await run(aTask({ dataset: [question, { ...question, id: 2 }] }))
    const uuids = dataOf(events, 'onSampleInit').map(({ sample_id: uuid }) => uuid)
    expect(new Set(dataOf(events, 'onSampleEvent').map(({ sample_id: uuid }) => uuid))).toEqual(new Set(uuids))
  })

  // test_sample_events_with_multiple_hooks
  it('are the same for all classes of hooks', async () => {
    const first: unknown[] = []
    const second: unknown[] = []
    withHooks({ onSampleEvent: ({ event }) => void first.push(event.uuid) })
    withHooks({ onSampleEvent: ({ event }) => void second.push(event.uuid) })
    const { events } = await run(aTask())
    expect(first).toEqual(dataOf(events, 'onSampleEvent').map(({ event }) => event.uuid))
    expect(second).toEqual(first)
  })

  it('leave out the init of the sample, and come once more for a model call that has its times', async () => {
    const { events, samples } = await run(aTask())
    const told = dataOf(events, 'onSampleEvent').map(({ event }) => event.event)
    expect(told).toEqual([
      'span_begin',
      'span_begin',
      'model',
      'model',
      'state',
      'span_end',
      'span_end',
      'span_begin',
      'span_begin',
      'score',
      'span_end',
      'span_end',
    ])
    expect(samples[0]!.events.map(({ event }) => event)).toEqual([
      'span_begin',
      'sample_init',
      'span_end',
      ...told.toSpliced(2, 1),
    ])
  })

  // test_emit_sample_event_unbounded_stream_never_blocks
  it('never keep a sample waiting, and are all given when it is over', async () => {
    const given: Event[] = []
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const stream = new EventStream(async (event) => {
      await gate
      given.push(event)
    })
    stream.open()
    for (let count = 0; count < 2000; count += 1) stream.push({ event: 'info', data: count } as unknown as Event)
    expect(given).toEqual([])
    open()
    await stream.drain()
    expect(given).toHaveLength(2000)
  })

  it('do not end a sample whose hooks are slow', async () => {
    withHooks({ onSampleEvent: () => new Promise((resolve) => setTimeout(resolve, 5)) })
    const { logs, events } = await run(aTask())
    expect(logs[0]!.status).toBe('success')
    expect(dataOf(events, 'onSampleEvent')).toHaveLength(12)
  })
})

describe('what hooks change before a model is called', () => {
  const search = {
    description: 'Searches',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
    execute: async () => 'found',
  }
  const withTool = { solver: [useTools({ search }), generate({ toolCalls: 'none' })], scorer: [] }
  const modelEvents = (events: readonly Event[]): ModelEvent[] =>
    events.flatMap((event) => (event.event === 'model' ? [event] : []))

  it('reaches the model and its event, and is what the call was made with', async () => {
    const asked: unknown[] = []
    const model = quickModel(['4'])
    withHooks({
      onBeforeModelGenerate(data) {
        const [tool] = data.tools
        Object.assign(tool!, { description: 'Searches well' })
        data.tools.push({ name: 'more', description: 'Added', parameters: { type: 'object', properties: {} } })
        data.input = [...data.input, { role: 'user', content: 'Think.' }]
        data.config.temperature = 0.5
      },
    })
    const { samples } = await run(
      aTask({
        ...withTool,
        model: {
          ...model,
          generate(request) {
            const { input, tools, config } = structuredClone({ ...request, abortSignal: undefined })
            asked.push([input.map(({ content }) => content), tools.map((tool) => tool.description), config])
            return model.generate(request)
          },
        },
      }),
    )
    const expected = [[question.input, 'Think.'], ['Searches well', 'Added'], { temperature: 0.5 }]
    expect(asked).toEqual([expected])
    const [event] = modelEvents(samples[0]!.events)
    expect([
      event!.input.map(({ content }) => content),
      event!.tools?.map((tool) => tool.description),
      event!.config,
    ]).toEqual(expected)
  })

  it('is undone for the next attempt where it is tools, and stays where it is input', async () => {
    const seen: unknown[] = []
    withHooks({
      onBeforeModelGenerate(data) {
        seen.push([data.tools.length, data.input.length])
        data.tools.pop()
        data.input.push({ role: 'user', content: 'Again.' })
      },
    })
    await run(aTask({ ...withTool, model: quickModel([modelError(429), '4']) }))
    expect(seen).toEqual([
      [1, 1],
      [1, 2],
    ])
  })

  it('is not changed in the event by what the model does with it', async () => {
    const model = quickModel(['4'])
    const spoiling = {
      ...model,
      generate(request: Parameters<typeof model.generate>[0]) {
        for (const tool of request.tools) Object.assign(tool, { description: 'spoilt' })
        return model.generate(request)
      },
    }
    const { samples } = await run(aTask({ ...withTool, model: spoiling }))
    expect(modelEvents(samples[0]!.events).map(({ tools }) => tools?.[0]?.description)).toEqual(['Searches'])
  })

  it('is looked at anew where it is an image: one that cannot be read is an error of the sample', async () => {
    const image = { type: 'image', image: 'data:image/png;base64,iVBORw0KGgo=' } as const
    await using server = await startOpenAiServer([say('4')])
    const model = createOpenAICompatible({ name: 'lab', baseURL: server.url }).chatModel('small')
    const remove = withHooks({
      onBeforeModelGenerate: (data) => void data.input.push({ role: 'user', content: [image] }),
    })
    await run(aTask({ model }))
    expect(server.requests[0]!.body['messages']).toMatchObject([
      { content: question.input },
      { content: [{ type: 'image_url', image_url: { url: image.image } }] },
    ])
    remove()
    const missing = { type: 'image', image: '/no/such/image.png' } as const
    withHooks({ onBeforeModelGenerate: (data) => void data.input.push({ role: 'user', content: [missing] }) })
    const { samples } = await run(aTask({ model }))
    expect(samples[0]!.error?.message).toContain('/no/such/image.png')
    expect(server.requests).toHaveLength(1)
  })

  it('comes after events that the hook adds itself', async () => {
    withHooks({ onBeforeModelGenerate: () => info('changed the prompt', 'my hook') })
    const { samples } = await run(aTask())
    const names = samples[0]!.events.map(({ event }) => event)
    expect(names.slice(names.indexOf('info'), names.indexOf('model') + 1)).toEqual(['info', 'model'])
  })

  it('is asked again for each call of a loop of tools', async () => {
    const model = quickModel([modelOutput.toolCall('search', { text: 'x' }), '4'])
    const { sequence } = await run(aTask({ solver: [useTools({ search }), generate()], model }))
    expect(sequence.filter((name) => name === 'BeforeModelGenerate')).toHaveLength(2)
  })
})
