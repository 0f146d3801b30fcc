import { setTimeout as wait } from 'node:timers/promises'
import {
  textOf,
  type CallFailure,
  type ChatMessage,
  type ModelApi,
  type ModelOutput,
  type ModelUsage,
} from '../../src/index.ts'
import { activeSample } from '../../src/runner/sample/active.ts'
import { outputOf } from '../../src/runner/model/model-output.ts'
import type { ScenarioModel, ScenarioOutput } from '../format/models.ts'
import { count } from './counts.ts'
import { makeError } from './errors.ts'

type Failed = Error & { readonly status?: number; readonly retry?: boolean; readonly retryAfter?: number }

/** A model whose answers stand in the scenario. `name`: `fake/NAME`. */
export function scriptedModel(name: string, script: ScenarioModel): ModelApi {
  const { delay: usualDelay = 0, retry_wait: retryWait = 0.02, max_connections: maxConnections } = script
  const [provider = '', model = ''] = name.split('/')
  return {
    provider,
    model,
    maxConnections,
    retryWaitMs: () => retryWait * 1000,
    async generate({ input, abortSignal }) {
      const said = nextOutput(name, script)
      await wait((said.delay ?? usualDelay) * 1000, undefined, { signal: abortSignal })
      if (said.error) {
        const { status, retry, retry_after: retryAfter } = said.error
        throw Object.assign(makeError(said.error), { status, retry, retryAfter })
      }
      if (said.none) return { model, choices: [], completion: '' }
      return answer(model, said, input)
    },
    failure,
  }
}

/** The last one is given again when there are no more. */
function nextOutput(
  name: string,
  { outputs = [{ text: 'ok' }], by_sample: bySample = {} }: ScenarioModel,
): ScenarioOutput {
  const id = String(activeSample()?.state.sampleId)
  const own = Object.hasOwn(bySample, id) ? bySample[id] : undefined
  const list = own ?? outputs
  const number = count(`outputs of ${name}`, own ? 'sample' : 'all')
  return list[Math.min(number, list.length) - 1]!
}

function answer(model: string, said: ScenarioOutput, input: readonly ChatMessage[]): ModelOutput {
  const toolCalls = (said.tool_calls ?? []).map((call, index) => ({
    id: `call_${index}_${call.function}`,
    function: call.function,
    arguments: call.arguments ?? {},
    type: 'function',
  }))
  const output = outputOf({ model, content: said.text ?? '', toolCalls, ...stopReasonOf(said) })
  if (said.usage === null) return output
  return { ...output, usage: said.usage ?? usageOf(input, output.completion ?? '') }
}

function stopReasonOf({ stop_reason: stopReason }: ScenarioOutput): { readonly stopReason?: string } {
  return stopReason === undefined ? {} : { stopReason }
}

/** A token for each four characters, and a few more. */
function usageOf(input: readonly ChatMessage[], completion: string): ModelUsage {
  const given = 10 + input.reduce((sum, message) => sum + quarter(textOf(message)), 0)
  const written = 5 + quarter(completion)
  return { input_tokens: given, output_tokens: written, total_tokens: given + written }
}

function quarter(text: string): number {
  return Math.floor(Array.from(text).length / 4)
}

function failure(error: unknown): CallFailure {
  const { name, message, status, retry, retryAfter } = error as Failed
  return {
    type: name,
    message,
    statusCode: status,
    retryable: retry ?? (status !== undefined && ([408, 409, 429].includes(status) || status >= 500)),
    authentication: false,
    retryAfterMs: retryAfter === undefined ? undefined : retryAfter * 1000,
  }
}
