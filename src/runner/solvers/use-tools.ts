import type { ToolChoice } from '../../inspect/records.ts'
import { solver, type Solver } from '../solver.ts'
import type { Tools } from '../tools/tools.ts'

export interface UseToolsOptions {
  /** `auto` when left out. */
  readonly toolChoice?: ToolChoice | undefined
  /** Those that there are stay. */
  readonly append?: boolean | undefined
}

/** Gives the model tools, in place of those that it has; none at all leave it what it has. */
export function useTools(tools: Tools, { toolChoice = 'auto', append = false }: UseToolsOptions = {}): Solver {
  return solver('use_tools', { tools: Object.keys(tools) }, (state) => {
    if (Object.keys(tools).length > 0) state.tools = append ? { ...state.tools, ...tools } : tools
    state.toolChoice = toolChoice
    return state
  })
}
