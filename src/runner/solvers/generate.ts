import { solver, type GenerateOptions, type Solver } from '../solver.ts'

/** Calls the model, makes the tool calls that it answers with, and calls it again until it makes none. */
export function generate(options: GenerateOptions = {}): Solver {
  return solver('generate', { tool_calls: options.toolCalls ?? 'loop' }, (state, call) => call(state, options))
}
