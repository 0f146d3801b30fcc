import type { ChatMessage, Json, ToolCall, ToolInfo } from '../../inspect/records.ts'
import { addSources, fromCitation } from './citations.ts'
import { fileContent } from './file-content.ts'
import type { ProviderMetadata, ResultPart } from './language-model.ts'
import type { Content } from './media.ts'
import { parseToolCall } from './parse-tool-call.ts'
import { toInternal } from './provider-metadata.ts'
import { fromReasoning } from './reasoning.ts'
import { fromToolUse } from './tool-use.ts'

/** The content of an answer and the calls it asks for, as Inspect's records have them. */
export function fromContent(
  parts: readonly ResultPart[],
  tools: readonly ToolInfo[],
): { content: ChatMessage['content']; toolCalls: ToolCall[] } {
  const content: Content[] = []
  const toolCalls: ToolCall[] = []
  const callMetadata: { [id: string]: ProviderMetadata } = {}
  const sources: ResultPart[] = []
  const used = new Set<string | undefined>()
  for (const part of parts) {
    if (part.type === 'source') {
      sources.push(part)
    } else if (part.type === 'tool-call' && part.providerExecuted === true) {
      used.add(part.toolCallId)
      content.push(
        fromToolUse(
          part,
          parts.findLast((other) => isResultOf(other, part)),
        ),
      )
    } else if (part.type === 'tool-call') {
      const { toolCallId = '', toolName = '', input, providerMetadata } = part
      toolCalls.push(parseToolCall(toolCallId, toolName, input, tools))
      if (providerMetadata) callMetadata[toolCallId] = providerMetadata
    } else if (part.type !== 'tool-result' || !used.has(part.toolCallId)) {
      content.push(...fromPart(part))
    }
  }
  if (!addSources(content, sources)) content.push(...sources.map(fromUnknown))
  if (Object.keys(callMetadata).length > 0) {
    content.push({ type: 'data', data: { tool_calls: callMetadata } })
  }
  return { content: plain(content), toolCalls }
}

function fromPart(part: ResultPart): Content[] {
  switch (part.type) {
    case 'text':
      return fromText(part)
    case 'reasoning':
      return [fromReasoning(part)]
    case 'file':
    case 'reasoning-file':
      return [fromFile(part)]
    default:
      return [fromUnknown(part)]
  }
}

function fromText({ text = '', citations = [], providerMetadata }: ResultPart): Content[] {
  const internal = toInternal(providerMetadata)
  if (text === '' && internal.internal === undefined) return []
  return [
    { ...internal, type: 'text', text, ...(citations.length > 0 ? { citations: citations.map(fromCitation) } : {}) },
  ]
}

function fromFile(part: ResultPart): Content {
  const { mediaType = 'application/octet-stream', data, filename, providerMetadata } = part
  const content = fileContent(mediaType, data, filename)
  return content ? { ...toInternal(providerMetadata), ...content } : fromUnknown(part)
}

/** What Inspect has no word for is kept as it is. */
function fromUnknown(part: ResultPart): Content {
  return { type: 'data', data: JSON.parse(JSON.stringify(part)) as Json }
}

function isResultOf(part: ResultPart, call: ResultPart): boolean {
  return part.type === 'tool-result' && part.toolCallId === call.toolCallId
}

/** A single text without anything beside it is a string, as Inspect's own providers write it. */
function plain(content: readonly Content[]): ChatMessage['content'] {
  const [only, ...others] = content
  if (!only) return ''
  const isPlain = others.length === 0 && only.type === 'text' && Object.keys(only).length === 2
  return isPlain ? (only['text'] as string) : content
}
