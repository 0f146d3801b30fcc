/** An agent with tools; one of them calls the model itself, as a sub-agent. */
import { generate, getModel, includes, mockModel, modelOutput, span, task, useTools } from 'evalspan'

const tools = {
  add: {
    description: 'Adds two numbers',
    inputSchema: {
      type: 'object',
      properties: { x: { type: 'number' }, y: { type: 'number' } },
      required: ['x', 'y'],
    },
    execute: async ({ x, y }: { x: number; y: number }) => String(x + y),
  },
  ask: {
    description: 'Asks another agent',
    inputSchema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
    execute: ({ question }: { question: string }) =>
      span('expert', async () => (await (await getModel()).generate(question)).completion, 'agent'),
  },
}

export const agent = task({
  name: 'agent',
  dataset: [{ input: 'How old were they together?', target: '75' }],
  solver: [useTools(tools), generate()],
  scorer: includes(),
  messageLimit: 20,
  model: mockModel((input) => {
    if (input.length === 1 && input[0]?.content === 'Who were they?') return 'One was 33, the other 42.'
    const turns = [
      modelOutput.toolCall('ask', { question: 'Who were they?' }),
      modelOutput.toolCall('add', { x: 33, y: 42 }),
      'Together they were 75.',
    ]
    return turns[input.filter(({ role }) => role === 'assistant').length] ?? 'I am lost.'
  }),
})
