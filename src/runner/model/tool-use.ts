import type { Json } from '../../inspect/records.ts'
import type { Content } from './media.ts'
import type { PromptPart, ResultPart } from './language-model.ts'
import { fromInternal, toInternal } from './provider-metadata.ts'

/** A tool that the provider called by itself, with its result if that is there already; Inspect's `tool_use`. */
export function fromToolUse(call: ResultPart, result: ResultPart | undefined): Content {
  const name = call.toolName ?? ''
  const outcome = result === undefined ? '' : toText(result.result)
  return {
    ...toInternal(call.providerMetadata),
    type: 'tool_use',
    tool_type: toolType(name),
    id: call.toolCallId ?? '',
    name,
    arguments: toText(call.input),
    result: outcome,
    ...(result?.isError === true ? { error: outcome } : {}),
  }
}

/** The call and its result, as the provider is to see them again. */
export function toToolUse(content: Content): PromptPart[] {
  const { id: toolCallId, name: toolName, result, error } = content
  const options = fromInternal(content)
  const value = fromText(result)
  return [
    {
      type: 'tool-call',
      toolCallId,
      toolName,
      input: fromText(content['arguments']),
      providerExecuted: true,
      ...options,
    },
    {
      type: 'tool-result',
      toolCallId,
      toolName,
      output: { type: typeof error === 'string' ? 'error-json' : 'json', value },
      ...options,
    },
  ]
}

function toolType(name: string): string {
  if (/search/i.test(name)) return 'web_search'
  return /code|bash|exec|python/i.test(name) ? 'code_execution' : 'mcp_call'
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function fromText(text: Json | undefined): Json {
  if (typeof text !== 'string') return text ?? null
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
