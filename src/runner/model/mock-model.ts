import { setTimeout as wait } from 'node:timers/promises'
import type { ChatMessage, GenerateConfig, ModelOutput, ToolChoice, ToolInfo } from '../../inspect/records.ts'
import { badOption } from '../options/bad-option.ts'
import { shortUuid } from '../short-uuid.ts'
import { completeOutput, textOf } from '../sample/task-state.ts'
import { callFailure } from './failure.ts'
import type { ModelApi, ModelRequest } from './model-api.ts'
import { outputOf } from './model-output.ts'

/** What a mock model answers: in words, as `modelOutput` makes it, or by failing. */
export type MockOutput = string | ModelOutput | Error

/** Answers by what it is asked, as the model of Inspect's `custom_outputs`. */
export type MockFunction = (
  input: readonly ChatMessage[],
  tools: readonly ToolInfo[],
  toolChoice: ToolChoice | undefined,
  config: GenerateConfig,
) => MockOutput | Promise<MockOutput>

export interface MockModelOptions {
  /** `mockllm` when left out, as in Inspect. */
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly maxConnections?: number | undefined
  /** How long each answer takes. */
  readonly delayMs?: number | undefined
}

const defaultOutput = 'Default output from mockllm/model'

/**
 * A model for tests and examples, without any provider; Inspect's `mockllm/model`. It gives its outputs one after the other,
 * or what a function says; without either always the same. An output without usage gets one: estimated tokens of the input,
 * and the characters of the answer. Throws a `BAD_OPTION` error for outputs that are neither.
 */
export function mockModel(outputs?: Iterable<MockOutput> | MockFunction, options: MockModelOptions = {}): ModelApi {
  const { provider = 'mockllm', model = 'model', maxConnections, delayMs = 0 } = options
  const next = nextOutput(outputs, `${provider}/${model}`)
  return {
    provider,
    model,
    maxConnections,
    async generate(request) {
      // Taken before the wait, so that calls get their outputs in the order in which they were made.
      const chosen = next(request)
      const start = performance.now()
      if (delayMs > 0) await wait(delayMs, undefined, { signal: request.abortSignal })
      const output = await chosen
      if (output instanceof Error) throw output
      const time = (performance.now() - start) / 1000
      return complete(typeof output === 'string' ? outputOf({ content: output, model }) : output, request, time)
    },
    failure: (error) => callFailure(error),
  }
}

/** An error as a provider's SDK throws it, to be among the outputs of a mock model. */
export function modelError(
  statusCode: number,
  message: string = `HTTP ${statusCode}`,
  { retryAfterMs }: { readonly retryAfterMs?: number | undefined } = {},
): Error {
  const responseHeaders = retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) }
  return Object.assign(new Error(message), { name: 'APICallError', statusCode, responseHeaders })
}

function nextOutput(
  outputs: Iterable<MockOutput> | MockFunction | undefined,
  name: string,
): (request: ModelRequest) => MockOutput | Promise<MockOutput> {
  if (outputs === undefined) return () => defaultOutput
  if (typeof outputs === 'function') {
    // A function that throws does so for this call alone, and not before its wait.
    return async ({ input, tools, toolChoice, config }) => outputs(input, tools, toolChoice, config)
  }
  if (typeof outputs !== 'object' || outputs === null || !(Symbol.iterator in outputs)) {
    throw badOption('mockModel: give a list of answers first, or a function that answers')
  }
  const iterator = outputs[Symbol.iterator]()
  let given = 0
  return () => {
    const { done, value } = iterator.next()
    if (done === true) throw new Error(`the outputs of ${name} ran out after ${given}: give it more, or a function`)
    given += 1
    return value
  }
}

function complete(output: ModelOutput, { input, tools }: ModelRequest, time: number): ModelOutput {
  const choices = output.choices.map(({ message, ...choice }) => ({
    ...choice,
    message: { ...message, id: message.id ?? shortUuid() },
  }))
  const { completion } = completeOutput(output)
  return { time, ...output, choices, completion, usage: output.usage ?? estimate(input, tools, completion) }
}

/** Four characters are about a token; Inspect's own mock asks a tokenizer. */
function estimate(input: readonly ChatMessage[], tools: readonly ToolInfo[], completion: string) {
  const texts = input.reduce((sum, message) => sum + textOf(message).length + 1, 0)
  const characters = tools.reduce((sum, tool) => sum + JSON.stringify(tool).length + 1, texts) - 1
  const tokens = Math.max(1, Math.ceil(characters / 4))
  return { input_tokens: tokens, output_tokens: completion.length, total_tokens: tokens + completion.length }
}
