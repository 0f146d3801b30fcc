import { setTimeout as sleep } from 'node:timers/promises'
import { generate, match, mockModel, modelOutput, task, useTools, type Task } from '../../src/index.ts'

const add = {
  description: 'Adds two numbers. '.repeat(9),
  inputSchema: { type: 'object', properties: { x: { type: 'number' } } },
  execute: async ({ x }: { x: number }) => {
    await sleep(20)
    return `${x} and a long result ${'.'.repeat(200)}`
  },
}

function* answers() {
  for (let call = 1; ; call += 1) yield call % 3 === 0 ? '4' : modelOutput.toolCall('add', { x: call })
}

const dataset = Array.from({ length: 100 }, (_, index) => ({
  id: index === 3 ? 'we/ird id:é' : index + 1,
  input: 'What is 2+2? '.repeat(12),
  target: '4',
  metadata: { index, long: 'word '.repeat(500) },
}))

/** Samples that take their time: three calls of the model, and two of a tool in between. */
export const longTask: Task = task({
  name: 'long',
  dataset,
  solver: [
    useTools({ add }),
    generate(),
    (state) => {
      state.metadata['solved'] = true
      return state
    },
  ],
  scorer: match(),
  model: mockModel(answers(), { delayMs: 40 }),
})
