import { checkSettings } from '../options/check-settings.ts'
import { solver, type GenerateOptions, type Solver } from '../solver.ts'
import { wrongOption, type Wrong } from '../options/wrong.ts'

const wrong: Wrong = (field, advice) => wrongOption(`generate: ${field}`, advice)

/**
 * Calls the model, makes the tool calls that it answers with, and calls it again until it makes none. Throws a `BAD_OPTION`
 * error for settings that no model can be called with.
 */
export function generate(options: GenerateOptions = {}): Solver {
  checkSettings(options.config, 'config', wrong)
  return solver('generate', { tool_calls: options.toolCalls ?? 'loop' }, (state, call) => call(state, options))
}
