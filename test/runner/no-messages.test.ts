import { describe, expect, it } from 'vitest'
import { getModel, type ChatMessage, type Solver, type TaskOptions } from '../../src/index.ts'
import { openLog } from '../../src/inspect/log.ts'
import { aTask, run } from './run.ts'

/** What is in the log of a task whose solver leaves something else among the messages, and what the user is told. */
async function logged(options: Partial<TaskOptions>): Promise<unknown> {
  const { logs, reports, samples } = await run(aTask(options))
  const log = await openLog(logs[0]!.location)
  for await (const entry of log.samples()) {
    if (!('sample' in entry)) continue
    const { messages, events, error } = entry.sample
    expect(samples[0]).toMatchObject({ messages, error })
    const inputs = events.flatMap((event) => (event.event === 'model' ? [event['input']] : []))
    return { messages: messages.map(({ content }) => content), inputs, error: error?.message, reports }
  }
  return undefined
}

const ask = 'What is 2+2?'

describe('what is no message is not in the log of a sample', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'is no message'],
    ['a text', 'Well?', 'is no message'],
    [
      'one of a role that there is not',
      { role: 'bot', content: 'Well?' },
      "has no role; it is one of 'system', 'user', 'assistant' and 'tool'",
    ],
    ['one without content', { role: 'user' }, 'has no content; it is a string or a list of parts with a type'],
  ])('whose solver throws after it added %s', async (_, message, problem) => {
    const solver: Solver = (state) => {
      state.messages.push(message as ChatMessage, { role: 'user', content: 'And?' })
      throw new Error('boom')
    }
    expect(await logged({ solver })).toEqual({
      messages: [ask, 'And?'],
      inputs: [],
      error: "Error('boom')",
      reports: [`task arithmetic, sample 1: state.messages[1] ${problem}; the log is without it`],
    })
  })

  it('whose solver does not throw', async () => {
    const solver: Solver = function mine(state) {
      state.messages.push(undefined as never)
      return state
    }
    expect(await logged({ solver })).toEqual({
      messages: [ask],
      inputs: [],
      error: "TypeError('after solver mine state.messages[1] is no message')",
      reports: ['task arithmetic, sample 1: state.messages[1] is no message; the log is without it'],
    })
  })

  it('nor is a model asked with it', async () => {
    const solver: Solver = async (state) => {
      const model = await getModel()
      await model.generate([...state.messages, undefined as never])
      return state
    }
    expect(await logged({ solver })).toEqual({
      messages: [ask],
      inputs: [],
      error: "TypeError('input[1] of mockllm/model is no message')",
      reports: [],
    })
  })
})
