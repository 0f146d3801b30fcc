import { parse, stringify } from '../../inspect/json.ts'
import type { Json } from '../../inspect/records.ts'
import type { TaskState } from './task-state.ts'
import { toolInfos } from '../tools/tool-info.ts'

/** A state as it is now, as events tell of it. */
export async function stateRecord(state: TaskState): Promise<Json> {
  const { messages, tools, toolChoice, store, output, completed, metadata } = state
  const infos = await toolInfos(tools)
  return plain({ messages, tools: infos, tool_choice: toolChoice ?? null, store, output, completed, metadata })
}

/** A copy that later changes do not reach. */
function plain(value: object): Json {
  return parse(stringify(value)) as Json
}
