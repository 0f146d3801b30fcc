import { messageOf } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import type { Json, ToolCall, ToolInfo } from '../../inspect/records.ts'
import { depthError } from '../tools/argument-depth.ts'
import { truncateMiddle } from '../tools/truncate.ts'

type Arguments = ToolCall['arguments']

/** In bytes, of arguments that are shown to the model again. */
const shownBytes = 16 * 1024

/**
 * A tool call as the model made it. Arguments that are no JSON object become `parse_error`, for the model to see; a lone
 * value is taken for the first parameter, as Inspect takes it.
 */
export function parseToolCall(id: string, name: string, input: unknown, tools: readonly ToolInfo[]): ToolCall {
  const text = typeof input === 'string' ? input.trim() : JSON.stringify(input ?? {})
  try {
    const parsed = parseArguments(text, name, tools)
    const tooDeep = depthError(parsed)
    if (tooDeep !== undefined) throw new Error(tooDeep)
    return { id, function: name, arguments: parsed, type: 'function' }
  } catch (error) {
    return { id, function: name, arguments: {}, parse_error: parseError(text, error), type: 'function' }
  }
}

function parseArguments(text: string, name: string, tools: readonly ToolInfo[]): Arguments {
  if (text === '') return {}
  if (text.startsWith('{')) return parseObject(text)
  const properties = tools.find((tool) => tool.name === name)?.parameters['properties']
  const [first] = isObject(properties) ? Object.keys(properties) : []
  return first === undefined ? {} : { [first]: parseValue(text) }
}

function parseObject(text: string): Arguments {
  try {
    return JSON.parse(text) as Arguments
  } catch (error) {
    // Models without anything to pass sometimes put loose quotes behind the braces.
    const bare = text.replace(/["\s]+$/, '')
    if (bare === text || !bare.endsWith('}')) throw error
    return JSON.parse(bare) as Arguments
  }
}

function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

function parseError(text: string, error: unknown): string {
  const cut = truncateMiddle(text, shownBytes)
  const shown = cut ? `${cut.text}\n\n(arguments middle-truncated from ${cut.originalBytes} bytes)` : text
  return `Error parsing the following tool call arguments:\n\n${shown}\n\nError details: ${messageOf(error)}`
}
