import type { ToolCall } from '../../inspect/records.ts'
import { orAborted } from '../abortable.ts'
import { depthError } from './argument-depth.ts'
import { toolCallError } from './tool-error.ts'
import { checkTool, needsApproval } from './tool-info.ts'
import { modelOutputResult, toolResult, type ToolResult } from './tool-result.ts'
import { toolSchema } from './tool-schema.ts'
import type { Tool, ToolExecutionOptions, Tools } from './tools.ts'

export interface CallToolOptions extends Omit<ToolExecutionOptions, 'toolCallId'> {
  /** In bytes; longer texts are cut in the middle. 16 KiB when left out. */
  readonly maxOutput?: number | undefined
}

/**
 * Makes the call that a model asked for, as Inspect does. What the model is to know went wrong is in `error`: a tool that
 * does not exist, arguments that do not fit, a `ToolError`, errors of files. Any other error of the tool rejects, and fails
 * the sample; so does the end of the sample (`abortSignal`), whether the tool heeds it or not.
 */
export async function callTool(call: ToolCall, tools: Tools, options: CallToolOptions): Promise<ToolResult> {
  const name = call.function
  if (call.parse_error !== undefined) return parsingError(call.parse_error)
  const tooDeep = depthError(call.arguments)
  if (tooDeep !== undefined) return parsingError(`Error parsing tool call arguments: ${tooDeep}`)
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (!tool) return parsingError(`Tool ${name} not found`)
  const where = `the tool '${name}'`
  checkTool(tool, where)

  const { validate } = await toolSchema(tool.inputSchema, where)
  const validation = await validate(call.arguments)
  if ('problems' in validation) {
    const { problems } = validation
    const lines = problems.map((problem) => `- ${problem}`)
    return parsingError(
      [`Found ${problems.length} validation errors parsing tool input arguments:`, ...lines].join('\n'),
    )
  }
  return orAborted(() => execute(tool, call, validation.value, options), options.abortSignal)
}

async function execute(
  tool: Tool,
  { id: toolCallId, function: name }: ToolCall,
  input: unknown,
  { messages, abortSignal, maxOutput }: CallToolOptions,
): Promise<ToolResult> {
  // `context` is what `ai` 7 adds; tools may take it apart.
  const given = { toolCallId, messages, abortSignal, context: {} }
  if (typeof tool.needsApproval === 'function' && (await tool.needsApproval(input, given)) === true) {
    throw needsApproval(`the tool '${name}'`)
  }
  try {
    const output = await lastOf(tool.execute?.(input, given))
    if (!tool.toModelOutput) return toolResult(output, name, maxOutput)
    return modelOutputResult(await tool.toModelOutput({ toolCallId, input, output }), name, maxOutput)
  } catch (thrown) {
    const error = abortSignal.aborted ? undefined : toolCallError(thrown, name)
    if (!error) throw thrown
    return { content: '', error }
  }
}

/** A tool that gives its result bit by bit has the whole in the last one. */
async function lastOf(output: unknown): Promise<unknown> {
  const awaited = await output
  if (!isAsyncIterable(awaited)) return awaited
  let last: unknown
  for await (const value of awaited) last = value
  return last
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function parsingError(message: string): ToolResult {
  return { content: '', error: { type: 'parsing', message } }
}
