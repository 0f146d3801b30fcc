import { setTimeout as wait } from 'node:timers/promises'
import {
  callTools,
  chain,
  generate,
  getModel,
  info,
  modelOutput,
  multipleChoice,
  promptTemplate,
  solver,
  span,
  systemMessage,
  userMessage,
  useTools,
  type CallOptions,
  type Generate,
  type Json,
  type Solver,
  type TaskState,
} from '../../src/index.ts'
import type { ModelCall, Step } from '../format.ts'
import { camel } from './camel.ts'
import { failTimes } from './errors.ts'
import { makeTools } from './tools.ts'
import { modelOf } from './models.ts'

/** The steps of scenarios as solvers. `key` tells them from others. */
export function makeSteps(steps: readonly Step[], key: string): Solver[] {
  return steps.map((step, index) => {
    const [kind] = Object.keys(step) as [keyof Step]
    return (makers[kind] as (said: unknown, key: string) => Solver)(step[kind], `${key}.${index}`)
  })
}

/** Asks a model by hand. */
export async function callModel({ model, role, input = 'Well?', config, cache }: ModelCall) {
  const options: CallOptions = { config, cache: camel(cache) }
  return await (await getModel(model === undefined ? undefined : modelOf(model), { role })).generate(input, options)
}

type Said<K extends keyof Step> = NonNullable<Step[K]>

const makers: { readonly [K in keyof Step]-?: (said: Said<K>, key: string) => Solver } = {
  system_message: (text) => systemMessage(text),
  user_message: (text) => userMessage(text),
  prompt_template: (text) => promptTemplate(text),
  generate: (said) => {
    const { tool_choice: choice, ...options } = said
    if (choice === undefined) return generate(camel(options))
    return solver('generate', {}, (state, call) => {
      state.toolChoice = choice
      return call(state, camel(options))
    })
  },
  multiple_choice: ({ reverse = false, ...said }) => {
    const ask = multipleChoice(camel(said))
    if (!reverse) return ask
    return solver('multiple_choice', {}, (state, call) => {
      let place = state.choices.length
      state.choices.shuffle(() => (place -= 1))
      return ask(state, call)
    })
  },
  use_tools: ({ tools, tool_choice: toolChoice }) => useTools(makeTools(tools), { toolChoice }),
  fail: (said, key) => changing('fail', () => failTimes(key, said)),
  sleep: (seconds) =>
    solver('sleep', {}, async (state) => {
      await wait(seconds * 1000)
      return state
    }),
  set_store: (values) => changing('set_store', (state) => Object.assign(state.store, values)),
  set_metadata: (values) => changing('set_metadata', (state) => Object.assign(state.metadata, values)),
  set_output: (text) =>
    changing('set_output', (state) => {
      state.output = modelOutput.text(text, { model: 'none' })
    }),
  set_scores: (values) =>
    changing('set_scores', (state) => {
      const scores = Object.entries(values).map(([name, value]) => [name, { value: value as Exclude<Json, null> }])
      state.scores = Object.fromEntries(scores) as NonNullable<TaskState['scores']>
    }),
  complete: () =>
    changing('complete', (state) => {
      state.completed = true
    }),
  info: (data) => changing('info', () => info(data)),
  call_tools: () =>
    solver('call_tools', {}, async (state) => {
      state.messages.push(...(await callTools(state)))
      return state
    }),
  call_model: (said) =>
    solver('call_model', {}, async (state) => {
      await callModel(said)
      return state
    }),
  span: ({ name, type, steps }, key) => {
    const inner = makeSteps(steps, key)
    return solver('span', {}, (state, call) => span(name, () => runAll(inner, state, call), type))
  },
  only: ({ name = 'only', samples, epochs, steps }, key) => {
    const inner = makeSteps(steps, key)
    return solver(name, {}, (state, call) => {
      const isChosen = samples?.includes(state.sampleId) !== false && epochs?.includes(state.epoch) !== false
      return isChosen ? runAll(inner, state, call) : state
    })
  },
  chain: (steps, key) => chain(...makeSteps(steps, key)),
}

function changing(name: string, change: (state: TaskState) => unknown): Solver {
  return solver(name, {}, (state) => {
    change(state)
    return state
  })
}

async function runAll(steps: readonly Solver[], state: TaskState, call: Generate): Promise<TaskState> {
  let current = state
  for (const step of steps) current = await step(current, call)
  return current
}
