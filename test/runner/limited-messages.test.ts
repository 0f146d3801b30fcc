import { expect, test } from 'vitest'
import { evaluate, mockModel, task, type TaskState } from '../../src/index.ts'
import { temporaryFolders } from './in-folder.ts'
import { takeFired } from './recorder.ts'

const newFolder = temporaryFolders()

async function endOf(change: (state: TaskState) => unknown) {
  takeFired()
  const solver = (state: TaskState): TaskState => {
    change(state)
    return state
  }
  const limited = task({ name: 'limited', dataset: [{ input: 'q' }], solver, messageLimit: 2, model: mockModel() })
  await evaluate(limited, { logDir: newFolder() }, { banner: () => {} })
  const end = takeFired().find(({ hook }) => hook === 'onSampleEnd')
  const { messages, limit } = (end!.data as unknown as { sample: { messages: { content: string }[]; limit?: object } })
    .sample
  return { messages: messages.map(({ content }) => content), limit }
}

const more = { role: 'user', content: 'more' } as const
const limit = { type: 'message', limit: 2, reason: 'Message limit exceeded. count: 3; limit: 2' }

// As in Inspect: a list of messages takes none beyond the limit, however it is changed.
test.each<[string, (state: TaskState) => unknown, object]>([
  ['push', ({ messages }) => messages.push(more, more), { messages: ['q'], limit }],
  ['unshift', ({ messages }) => messages.unshift(more, more), { messages: ['q'], limit }],
  ['splice', ({ messages }) => messages.splice(0, 0, more, more), { messages: ['q'], limit }],
  ['a list of their own', (state) => (state.messages = [more, more, more]), { messages: ['q'], limit }],
  ['one that fits', ({ messages }) => messages.push(more), { messages: ['q', 'more'], limit: undefined }],
  [
    'others in their place',
    ({ messages }) => messages.splice(0, 1, more, more),
    { messages: ['more', 'more'], limit: undefined },
  ],
])('messages are kept to their limit: %s', async (_, change, expected) => {
  expect(await endOf(change)).toEqual(expected)
})
