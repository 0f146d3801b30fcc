import { isObject } from '../../hooks/is-object.ts'
import type { ChatMessage } from '../../inspect/records.ts'
import { fileContent } from '../model/file-content.ts'
import type { Content } from '../model/media.ts'
import type { ToolCallError } from './tool-error.ts'
import { truncateMiddle } from './truncate.ts'

/** What a tool gave, as the model sees it. */
export interface ToolResult {
  readonly content: ChatMessage['content']
  readonly error?: ToolCallError | undefined
  /** Bytes before and after, when the content was too long. */
  readonly truncated?: readonly [number, number] | undefined
}

/** In bytes; `max_tool_output` where nothing is said, as in Inspect. */
const defaultMaxOutput = 16 * 1024

/** The fields that make a value a part of a message, in Inspect's form. */
const contentFields: { readonly [type: string]: string } = {
  text: 'text',
  image: 'image',
  audio: 'audio',
  video: 'video',
  document: 'document',
}

/** The result of `execute`: text and Inspect's parts of messages as they are, `{ type: 'content' }` of the SDK, else JSON. */
export function toolResult(output: unknown, tool: string, maxOutput: number = defaultMaxOutput): ToolResult {
  if (isContent(output)) return { content: [output] }
  if (Array.isArray(output) && output.length > 0 && output.every(isContent)) return { content: output }
  if (isObject(output) && output['type'] === 'content' && Array.isArray(output['value']))
    return modelOutputResult(output, tool, maxOutput)
  return limited(toText(output), tool, maxOutput)
}

/** What `toModelOutput` of a tool made of it. */
export function modelOutputResult(output: unknown, tool: string, maxOutput: number = defaultMaxOutput): ToolResult {
  if (!isObject(output)) return limited(toText(output), tool, maxOutput)
  const { type, value, reason } = output
  switch (type) {
    case 'content':
      return { content: Array.isArray(value) ? value.map(toContent) : toText(value) }
    case 'error-text':
    case 'error-json':
      return { content: '', error: { type: 'unknown', message: toText(value) } }
    case 'execution-denied':
      return { content: '', error: { type: 'approval', message: toText(reason ?? 'Tool call not approved.') } }
    case 'text':
    case 'json':
      return limited(toText(value), tool, maxOutput)
    default:
      return limited(toText(output), tool, maxOutput)
  }
}

function limited(text: string, tool: string, maxOutput: number): ToolResult {
  const cut = truncateMiddle(text, maxOutput)
  if (!cut) return { content: text }
  const content = [
    '',
    `The output of your call to ${tool} was too long to be displayed.`,
    'Here is a truncated version:',
    '<START_TOOL_OUTPUT>',
    cut.text,
    '<END_TOOL_OUTPUT>',
    '',
  ].join('\n')
  return { content, truncated: [cut.originalBytes, maxOutput] }
}

function isContent(value: unknown): value is Content {
  if (!isObject(value) || typeof value['type'] !== 'string') return false
  const field = Object.hasOwn(contentFields, value['type']) ? contentFields[value['type']] : undefined
  return field !== undefined && typeof value[field] === 'string'
}

/** A part of the SDK's `content` output, of which each of its versions has forms of its own. */
function toContent(part: unknown): Content {
  if (!isObject(part)) return { type: 'text', text: toText(part) }
  const { type, mediaType, data, url, filename } = part
  if (isContent(part) && type === 'text') return part
  const fallback = typeof type === 'string' && type.startsWith('image') ? 'image/png' : 'application/octet-stream'
  const source = typeof url === 'string' ? new URL(url) : data
  const named = typeof filename === 'string' ? filename : undefined
  const content = fileContent(typeof mediaType === 'string' ? mediaType : fallback, source, named)
  return content ?? { type: 'text', text: toText(part) }
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  // Nothing for undefined and functions.
  return JSON.stringify(value) ?? ''
}
