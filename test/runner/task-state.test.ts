import { expect, it } from 'vitest'
import { modelOutput, TaskState } from '../../src/index.ts'
import { Target } from '../../src/runner/target.ts'

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

it('a target stands in a template as its text', () => {
  expect(`Is it ${String(new Target(['4', '2']))}?`).toBe('Is it 42?')
})
