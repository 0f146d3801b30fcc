import type { ChatMessage } from '../inspect/records.ts'
import { activeSample, type ActiveSample } from './active.ts'
import { executeTools } from './execute-tools.ts'
import { toGenerateConfig } from './generate-config.ts'
import type { Generate, GenerateOptions } from './solver.ts'
import type { TaskState } from './task-state.ts'
import { toolInfos } from './tool-info.ts'

/** What a task says of all of its calls. */
export interface GenerateDefaults extends Pick<GenerateOptions, 'config' | 'cache'> {}

/** The `generate` that solvers of the sample are handed. */
export function generateFor(sample: ActiveSample, defaults: GenerateDefaults): Generate {
  return async (state, { toolCalls = 'loop', toolChoice, cache, config } = {}) => {
    const call = {
      cache: cache ?? defaults.cache,
      config: { ...toGenerateConfig(defaults.config), ...toGenerateConfig(config) },
    }
    for (;;) {
      sample.limits.messages(state.messages.length, true)
      const tools = await toolInfos(state.tools)
      const choice = toolChoice ?? state.toolChoice ?? (tools.length > 0 ? 'auto' : 'none')
      state.output = await sample.model.generate(state.messages, { ...call, tools, toolChoice: choice })
      const message = state.output.choices[0]?.message
      if (!message) return state
      addMessages(state, [message], sample)
      if (toolCalls === 'none' || !message.tool_calls?.length) return state
      addMessages(state, await executeTools(message, state, sample), sample)
      if (toolCalls === 'single') return state
    }
  }
}

function addMessages(state: TaskState, messages: readonly ChatMessage[], sample: ActiveSample): void {
  for (const message of messages) {
    state.messages.push(message)
    sample.limits.messages(state.messages.length, false)
  }
}

/**
 * Makes the tool calls of the last message and gives the messages that answer them, for solvers that do not leave the loop
 * to `generate`. Outside of a sample it throws.
 */
export async function callTools(state: TaskState): Promise<readonly ChatMessage[]> {
  const sample = activeSample()
  if (!sample) throw new Error('callTools is for solvers: there is no sample here whose tools could be called')
  const message = state.messages.at(-1)
  return message?.role === 'assistant' ? await executeTools(message, state, sample) : []
}
