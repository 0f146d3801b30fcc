import { expect, it } from 'vitest'
import { generate, mockModel, modelOutput, useTools, type EvalSample } from '../../src/index.ts'
import { aTask, run } from './run.ts'

const say = { description: 'Says it.', inputSchema: {}, execute: () => '0123456789'.repeat(3000) }

async function toolEvent(ofTask: number | undefined, ofCall: number | undefined): Promise<unknown> {
  const task = aTask({
    config: { maxToolOutput: ofTask },
    solver: [useTools({ say }), generate({ config: { maxToolOutput: ofCall } })],
    model: mockModel([modelOutput.toolCall('say'), '4']),
  })
  const [sample] = (await run(task)).samples
  const event = sample!.events.find((each) => each.event === 'tool')
  return event && { truncated: event.truncated, length: typeof event.result === 'string' && event.result.length }
}

it.each<[string, number | undefined, number | undefined, unknown]>([
  ['16 KiB', undefined, undefined, { truncated: [30_000, 16_384], length: 16_384 + 130 }],
  ['what the task says', 100, undefined, { truncated: [30_000, 100], length: 100 + 130 }],
  ['what the call says', 100, 50, { truncated: [30_000, 50], length: 50 + 130 }],
  ['all of it for 0', 0, undefined, { truncated: undefined, length: 30_000 }],
])('of a long result of a tool the model gets %s', async (_what, ofTask, ofCall, event) => {
  expect(await toolEvent(ofTask, ofCall)).toEqual(event)
})

function errorOf(sample: EvalSample | undefined): string | undefined {
  return sample?.error?.message
}

it('an answer that was filtered fails the sample where the settings say so', async () => {
  const filtered = (): ReturnType<typeof mockModel> =>
    mockModel([modelOutput.text(` No. ${'x'.repeat(200)}`, { stopReason: 'content_filter' })])
  const refused = await run(aTask({ model: filtered(), config: { failOnRefusal: true } }))
  expect(errorOf(refused.samples[0])).toBe(
    `ModelRefusalError('Model refusal (mockllm/model): No. ${'x'.repeat(196)}...')`,
  )
  expect(errorOf((await run(aTask({ model: filtered() }))).samples[0])).toBeUndefined()
})
