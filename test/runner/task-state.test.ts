import { expect, it } from 'vitest'
import { getModel, modelOutput, TaskState, type Solver } from '../../src/index.ts'
import { Target } from '../../src/runner/target.ts'
import { aTask, run } from './run.ts'

const options = { uuid: 'u', sampleId: 1, epoch: 1, model: 'mockllm/model', input: 'a question', messages: [] }

it('an output that a solver puts together has its text, as a property of Inspect has it', () => {
  const state = new TaskState(options)
  expect(state.output.completion).toBe('')
  const content = [
    { type: 'reasoning', reasoning: 'hm' },
    { type: 'text', text: 'forty' },
    { type: 'text', text: 'two' },
  ]
  state.output = { model: 'm', choices: [{ message: { role: 'assistant', content }, stop_reason: 'stop' }] }
  expect(state.output.completion).toBe('forty\ntwo')
})

it('an output with its text is kept as it is', () => {
  const state = new TaskState(options)
  const output = modelOutput.text('42')
  state.output = output
  expect(state.output).toBe(output)
})

it('an output has the message and the stop reason of its first choice at hand, and no record of it has them', () => {
  const state = new TaskState(options)
  const message = { role: 'assistant', content: 'no' } as const
  const record = { model: 'm', choices: [{ message, stop_reason: 'max_tokens' }], message: 'of before' }
  state.output = Object.freeze(record)
  expect(state.output.message).toBe(message)
  expect(state.output.stop_reason).toBe('max_tokens')
  expect(JSON.parse(JSON.stringify(state.output))).toEqual({
    model: 'm',
    choices: [{ message, stop_reason: 'max_tokens' }],
    completion: 'no',
  })
  state.output = { ...state.output, choices: [{ message, stop_reason: 'stop' }] }
  expect(state.output.stop_reason).toBe('stop')
})

it('an output without a choice says that it has no message', () => {
  const state = new TaskState(options)
  const problem = 'the model gave no answer: its output is without any choice'
  expect(() => state.output.message).toThrow(problem)
  expect(() => state.output.stop_reason).toThrow(problem)
  expect(state.output).toEqual({ model: 'mockllm/model', choices: [], completion: '' })
})

it('an agent by hand takes the message of what the model gave, which logs have as they had it', async () => {
  const agent: Solver = async (state) => {
    const output = await (await getModel()).generate(state.messages)
    state.output = output
    state.messages.push(output.message)
    return state
  }
  const { samples } = await run(aTask({ solver: agent }))
  const [sample] = samples
  expect(sample?.error).toBeUndefined()
  expect(sample?.output?.choices[0]?.message).toEqual(sample?.messages[1])
  const outputs = [sample?.output, ...sample!.events.flatMap((each) => (each.event === 'model' ? [each.output] : []))]
  expect(outputs.map((output) => Object.keys(output!).filter((name) => /^(message|stop_reason)$/.test(name)))).toEqual([
    [],
    [],
  ])
})

it('a target stands in a template as its text', () => {
  expect(`Is it ${String(new Target(['4', '2']))}?`).toBe('Is it 42?')
})
