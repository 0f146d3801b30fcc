import { EvalspanError, messageOf } from '../../errors.ts'
import type { Json, ToolInfo } from '../../inspect/records.ts'
import { badOption } from '../options/bad-option.ts'
import { toolSchema } from './tool-schema.ts'
import type { Tool, Tools } from './tools.ts'

/** What a model is told of tools. Throws an `EvalspanError` for a tool that cannot be called, or not described. */
export async function toolInfos(tools: Tools): Promise<ToolInfo[]> {
  return Promise.all(Object.entries(tools).map(([name, tool]) => toolInfo(name, tool)))
}

async function toolInfo(name: string, tool: Tool): Promise<ToolInfo> {
  const where = `the tool '${name}'`
  checkTool(tool, where)
  const { $schema: _, ...schema } = (await toolSchema(tool.inputSchema, where)).jsonSchema
  return {
    name,
    description: description(tool, where),
    parameters: {
      ...(schema as ToolInfo['parameters']),
      type: 'object',
      properties: (schema['properties'] ?? {}) as Json,
      required: (schema['required'] ?? []) as Json,
    },
  }
}

/** Of the tools that the SDK knows, some are not for us to run. Throws an `EvalspanError` for those. */
export function checkTool(tool: Tool, where: string): void {
  if (typeof tool !== 'object' || tool === null) {
    throw badOption(`${where} is no tool: make it with tool() of 'ai', or as { description, inputSchema, execute }`)
  }
  if (tool.type !== undefined && tool.type !== 'function' && tool.type !== 'dynamic') {
    throw badOption(`${where} is run by its provider (type '${tool.type}'), which is not supported: leave it out`)
  }
  if (typeof tool.execute !== 'function') throw badOption(`${where} has no 'execute': the runner has to run it`)
  if (tool.needsApproval === true) throw needsApproval(where)
}

/** Nobody is there to be asked. */
export function needsApproval(where: string): EvalspanError {
  return badOption(`${where} needs an approval, which the runner cannot give: leave out 'needsApproval'`)
}

function description({ description: text = '' }: Tool, where: string): string {
  if (typeof text === 'string') return text
  try {
    return text({ context: {} })
  } catch (error) {
    throw badOption(`the description of ${where} failed (${messageOf(error)}): give it as a text`, error)
  }
}
