import { EvalspanError } from '../../errors.ts'
import { paramsOf } from '../task/params.ts'
import { solver, type Solver } from '../solver.ts'
import { textOf, withText } from '../sample/task-state.ts'
import { choiceTemplate } from './choice-template.ts'
import { parseAnswers } from './parse-answers.ts'

export interface MultipleChoiceOptions {
  /** With `{question}` and `{choices}`, and `{letters}` where it likes; instead of what the other options make. */
  readonly template?: string | undefined
  /** Whether the model is to think before it answers. */
  readonly cot?: boolean | undefined
  /** Whether more than one choice may be right. */
  readonly multipleCorrect?: boolean | undefined
  readonly maxTokens?: number | undefined
}

/**
 * Asks a question with the choices of its sample, and calls the model. Which of them it chose is in `state.choices`, for
 * the scorer `choice()`.
 */
export function multipleChoice(options: MultipleChoiceOptions = {}): Solver {
  const { template, cot = false, multipleCorrect = false, maxTokens } = options
  if (template !== undefined && !(template.includes('{question}') && template.includes('{choices}'))) {
    throw new EvalspanError('BAD_OPTION', 'multipleChoice: the template needs {question} and {choices}')
  }
  const asked = template ?? choiceTemplate(cot, multipleCorrect)
  return solver('multiple_choice', paramsOf({ template, cot, multipleCorrect, maxTokens }), async (state, generate) => {
    const prompt = state.userPrompt
    if (state.choices.length === 0) throw new Error('multiple_choice needs samples with choices')
    if (!prompt) throw new Error('multiple_choice: the conversation has no message of the user')
    const text = state.choices.prompt(textOf(prompt), asked)
    state.messages[state.messages.indexOf(prompt)] = withText(prompt, text)
    const answered = await generate(state, maxTokens === undefined ? {} : { config: { maxTokens } })
    const chosen = parseAnswers(answered.output.completion, answered.choices.length, multipleCorrect)
    if (chosen.size > 0) {
      for (let index = 0; index < answered.choices.length; index += 1)
        answered.choices.markChoice(index, chosen.has(index))
    }
    return answered
  })
}
