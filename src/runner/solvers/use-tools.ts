import type { ToolChoice } from '../../inspect/records.ts'
import { solver, type Solver } from '../solver.ts'
import type { Tools } from '../tools.ts'

/** Gives the model tools, on top of those that it has. */
export function useTools(tools: Tools, { toolChoice }: { readonly toolChoice?: ToolChoice | undefined } = {}): Solver {
  return solver('use_tools', { tools: Object.keys(tools) }, (state) => {
    state.tools = { ...state.tools, ...tools }
    if (toolChoice !== undefined) state.toolChoice = toolChoice
    return state
  })
}
