import type { ChatMessage, GenerateConfig, Json } from '../inspect/records.ts'
import { activeSample, type ActiveSample } from './sample/active.ts'
import { checkSettings } from './options/check-settings.ts'
import { executeTools } from './tools/execute-tools.ts'
import { toGenerateConfig } from './options/generate-config.ts'
import type { CachePolicy } from './model/cache-policy.ts'
import type { Generate } from './solver.ts'
import type { TaskState } from './sample/task-state.ts'
import { toolInfos } from './tools/tool-info.ts'
import { wrongOption } from './options/wrong.ts'

/** The `generate` that solvers of the sample are handed. */
export function generateFor(sample: ActiveSample): Generate {
  return async (state, { toolCalls = 'loop', toolChoice, cache, config } = {}) => {
    checkSettings(config, 'config', wrongOption)
    const settings: GenerateConfig = {
      ...toGenerateConfig(config),
      ...(cache !== undefined && { cache: cacheSetting(cache) }),
    }
    let choice = toolChoice ?? state.toolChoice
    for (;;) {
      const tools = await toolInfos(state.tools)
      state.output = await sample.model.generate(state.messages, { cache, config: settings, tools, toolChoice: choice })
      const { message } = state.output
      state.messages.push(message)
      if (state.completed || toolCalls === 'none' || !message.tool_calls?.length) return state
      state.messages.push(...(await executeTools(message, state, sample, settings['max_tool_output'])))
      if (state.completed || toolCalls === 'single') return state
      // A tool that has to be called has been called; else it would be called for ever.
      if (typeof choice === 'object') choice = 'auto'
    }
  }
}

/** As Inspect has it among the settings of a call. */
function cacheSetting(cache: boolean | CachePolicy): Json {
  if (typeof cache === 'boolean') return cache
  const { expiry = '1W', perEpoch = true, scopes = {} } = cache
  return { expiry, per_epoch: perEpoch, scopes }
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
