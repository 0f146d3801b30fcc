import type { AttributeValue } from '../delivery/item.ts'
import type { ChatMessage, Json, ModelEvent, ToolEvent } from '../inspect/records.ts'
import { jsonText } from '../inspect/json-text.ts'
import type { Masker } from '../masking/masker.ts'
import { cut } from './cut.ts'
import { attribute } from './semconv.ts'

/** Characters of one attribute; more is cut and said. Tempo and others cut silently, and earlier. */
const maximumLength = 32_768

export type Content = { [name: string]: AttributeValue }

/** Settings, as far as they concern what is cut. */
interface Masked {
  readonly masker?: Masker | undefined
}

/** Messages of a call in the shape of OpenTelemetry's GenAI conventions, as JSON text. */
export function chatContent(event: ModelEvent, masked: Masked): Content {
  const system = event.input.filter((message) => message.role === 'system')
  const output = event.output?.choices ?? []
  return contentOf(
    {
      [attribute.systemInstructions]: system.length > 0 ? system.flatMap(partsOf) : undefined,
      [attribute.inputMessages]: event.input.filter((message) => message.role !== 'system').map(toMessage),
      [attribute.outputMessages]:
        output.length > 0
          ? output.map((choice) => ({ ...toMessage(choice.message), finish_reason: choice.stop_reason }))
          : undefined,
      [attribute.toolDefinitions]: event.tools && event.tools.length > 0 ? event.tools : undefined,
    },
    masked,
  )
}

export function toolContent(event: ToolEvent, masked: Masked): Content {
  return contentOf({ [attribute.toolArguments]: event.arguments, [attribute.toolResult]: event.result }, masked)
}

/** Text as it is, all else as JSON, cut to what attributes may hold. */
export function contentOf(values: { readonly [name: string]: unknown }, { masker }: Masked): Content {
  const content: Content = {}
  for (const name in values) {
    const value = values[name]
    if (value === undefined || value === null) continue
    // What is nested too deeply to be written is withheld, and the mark says so.
    const text = typeof value === 'string' ? value : (jsonText(value) ?? '')
    content[name] = cut(text, maximumLength, masker)
    if (text.length > maximumLength || (text === '' && typeof value !== 'string'))
      content[attribute.contentTruncated] = true
  }
  return content
}

function toMessage(message: ChatMessage): { role: string; parts: Json[] } {
  return { role: message.role, parts: partsOf(message) }
}

function partsOf(message: ChatMessage): Json[] {
  if (message.role === 'tool') {
    return [{ type: 'tool_call_response', id: idOf(message), response: textOf(message) }]
  }
  const parts: Json[] =
    typeof message.content === 'string'
      ? message.content === ''
        ? []
        : [{ type: 'text', content: message.content }]
      : message.content.map((part) => toPart(part))
  for (const call of message.tool_calls ?? []) {
    parts.push({ type: 'tool_call', id: call.id, name: call.function, arguments: call.arguments })
  }
  return parts
}

function idOf({ tool_call_id: id = '' }: ChatMessage): string {
  return typeof id === 'string' ? id : (jsonText(id) ?? '')
}

function toPart(part: { readonly type: string; readonly [key: string]: Json | undefined }): Json {
  switch (part.type) {
    case 'text':
      return { type: 'text', content: part['text'] ?? '' }
    case 'reasoning':
      return { type: 'reasoning', content: part['reasoning'] ?? '' }
    default:
      // Media is named, not carried: an attribute is no place for an image.
      return { type: part.type }
  }
}

function textOf(message: ChatMessage): Json {
  if (typeof message.content === 'string') return message.content
  return message.content.map((part) => (typeof part['text'] === 'string' ? part['text'] : `[${part.type}]`)).join('\n')
}
