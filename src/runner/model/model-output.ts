import { randomUUID } from 'node:crypto'
import type { ChatMessage, Json, ModelUsage, ToolCall } from '../../inspect/records.ts'
import { shortUuid } from '../short-uuid.ts'
import { completeOutput, textOf, type CompleteOutput } from '../sample/task-state.ts'

/** What an output is made of, besides what its kind asks for. */
export interface OutputOptions {
  /** The name the provider answered with; `model` when left out. */
  readonly model?: string | undefined
  readonly stopReason?: string | undefined
  readonly usage?: ModelUsage | undefined
  /** Seconds. */
  readonly time?: number | undefined
  /** The provider's id of the answer. */
  readonly responseId?: string | undefined
}

/** Makes outputs as a model gives them, for tests and for solvers that answer by themselves. */
export const modelOutput = {
  /** An answer in words. */
  text(text: string, options: OutputOptions = {}): CompleteOutput {
    return outputOf({ content: text, ...options })
  },
  /** An answer that asks for one tool, as `ModelOutput.for_tool_call` of Inspect. */
  toolCall(
    name: string,
    args: { readonly [name: string]: Json } = {},
    {
      id,
      text,
      ...options
    }: OutputOptions & { readonly id?: string | undefined; readonly text?: string | undefined } = {},
  ): CompleteOutput {
    return outputOf({
      content: text ?? `tool call for tool ${name}`,
      toolCalls: [{ id: id ?? `for_tool_call_${randomUUID()}`, function: name, arguments: args, type: 'function' }],
      ...options,
    })
  },
}

/** An output with one message of the assistant. */
export function outputOf({
  content,
  toolCalls = [],
  model = 'model',
  stopReason = toolCalls.length > 0 ? 'tool_calls' : 'stop',
  usage,
  time,
  responseId,
}: OutputOptions & {
  readonly content: ChatMessage['content']
  readonly toolCalls?: readonly ToolCall[]
}): CompleteOutput {
  const message: ChatMessage = {
    id: shortUuid(),
    content,
    source: 'generate',
    role: 'assistant',
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
    model,
  }
  return completeOutput({
    model,
    choices: [{ message, stop_reason: stopReason }],
    completion: textOf(message),
    ...(usage === undefined ? {} : { usage }),
    ...(time === undefined ? {} : { time }),
    ...(responseId === undefined ? {} : { response_id: responseId }),
  })
}
