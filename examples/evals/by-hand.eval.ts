/** An agent whose loop is written by hand: one answer at a time, tools in between, a note when it gives up. */
import { callTools, includes, info, mockModel, modelOutput, solver, task, ToolError, useTools } from 'evalspan'

const stock: { readonly [fruit: string]: number } = { apples: 3, pears: 4 }

const tools = {
  count: {
    description: 'Counts what is in stock',
    inputSchema: { type: 'object', properties: { fruit: { type: 'string' } }, required: ['fruit'] },
    execute: ({ fruit }: { fruit: string }) => {
      const found = stock[fruit]
      // The model is told, and can try otherwise; any other error would fail the sample.
      if (found === undefined) throw new ToolError(`there are no ${fruit}, but ${Object.keys(stock).join(', ')}`)
      return String(found)
    },
  },
}

const agent = solver('agent', { turns: 10 }, async (state, generate) => {
  for (let turn = 0; turn < 10; turn += 1) {
    await generate(state, { toolCalls: 'none' })
    const answers = await callTools(state)
    if (answers.length === 0) return state
    state.messages.push(...answers)
  }
  info('gave up after 10 turns')
  return state
})

export const fruit = task({
  name: 'fruit',
  dataset: [{ input: 'How many apples and pears are there?', target: '7' }],
  solver: [useTools(tools), agent],
  scorer: includes(),
  turnLimit: 20,
  model: mockModel([
    modelOutput.toolCall('count', { fruit: 'plums' }),
    modelOutput.toolCall('count', { fruit: 'apples' }),
    modelOutput.toolCall('count', { fruit: 'pears' }),
    'There are 7.',
  ]),
})
