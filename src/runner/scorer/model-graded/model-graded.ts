import { EvalspanError } from '../../../errors.ts'
import type { Json, Score } from '../../../inspect/records.ts'
import { paramsOf } from '../../params.ts'
import { completeOutput, type TaskState } from '../../task-state.ts'
import { compilePattern } from '../compile-pattern.ts'
import type { Reducer } from '../metric.ts'
import { multiScorer } from '../multi-scorer.ts'
import { scorer, type Scorer, type ScoreFunction } from '../scorer.ts'
import { accuracyMetrics } from '../text-scorer.ts'
import { activeGraders } from './active-graders.ts'
import { chatHistory } from './chat-history.ts'
import { findGrade } from './find-grade.ts'
import type { Grader, Graders } from './grader.ts'
import { gradingPrompt } from './grading-prompt.ts'
import { factTemplate, gradingInstructions, qaTemplate } from './templates.ts'

export interface ModelGradedOptions {
  /** With `{question}`, `{answer}`, `{criterion}`, `{instructions}` and names of the sample's metadata; the target is the criterion. */
  readonly template?: string | undefined
  /** How the grader is to think and answer. */
  readonly instructions?: string | undefined
  /** Finds the grade in the grader's answer, as the first group; the last `GRADE: C` (or `P`, `I`) when left out. */
  readonly gradePattern?: string | RegExp | undefined
  /** Whether the question is the whole conversation, or what makes it; else it is the input of the sample. */
  readonly includeHistory?: boolean | ((state: TaskState) => string) | undefined
  /** Whether `P` is offered too; with instructions of one's own these say what is. */
  readonly partialCredit?: boolean | undefined
  /** What grades; several grade each for itself. Goes before `modelRole`. */
  readonly model?: string | Grader | readonly (string | Grader)[] | undefined
  /**
   * The role whose model grades, or whose models; `grader` when left out. Without a model in it the evaluated model
   * grades, unless one is `required`; so it does with null.
   */
  readonly modelRole?: string | { readonly name: string; readonly required?: boolean | undefined } | null | undefined
  /** Makes one grade of several; `majority` when left out. */
  readonly reducer?: string | Reducer | undefined
}

/** Has a model judge whether the answer meets the target as a criterion. */
export function modelGradedQa(options: ModelGradedOptions = {}, graders: Graders = activeGraders): Scorer {
  return modelGraded('model_graded_qa', qaTemplate, options, graders)
}

/** Has a model judge whether the answer says what the target says. */
export function modelGradedFact(options: ModelGradedOptions = {}, graders: Graders = activeGraders): Scorer {
  return modelGraded('model_graded_fact', factTemplate, options, graders)
}

function modelGraded(name: string, template: string, options: ModelGradedOptions, graders: Graders): Scorer {
  const { model, reducer = 'majority' } = options
  const grade = gradeBy({ ...options, template: options.template || template })
  const single = (grader: Grader): Scorer => scorer(name, { metrics: accuracyMetrics() }, grade(grader))
  const params = paramsOf({ ...options, model: namesOf(model), reducer: options.reducer && nameOf(reducer) })
  return scorer(name, { metrics: accuracyMetrics(), params }, async (state, target) => {
    const found = await findGraders(options, graders)
    const judge = isList(found) ? multiScorer(found.map(single), reducer) : single(found)
    return await judge.score(state, target)
  })
}

async function findGraders(
  { model, modelRole = 'grader' }: ModelGradedOptions,
  graders: Graders,
): Promise<Grader | readonly Grader[]> {
  const find = async (each: string | Grader): Promise<Grader> => (typeof each === 'string' ? graders.model(each) : each)
  if (model !== undefined) return isList(model) ? await Promise.all(model.map(find)) : await find(model)
  if (modelRole === null) return await graders.model()
  const { name, required = false } = typeof modelRole === 'string' ? { name: modelRole } : modelRole
  const bound = await graders.role(name)
  if (bound || !required) return bound ?? (await graders.model())
  throw new EvalspanError(
    'BAD_OPTION',
    `a scorer needs a model in the role '${name}', and there is none; name one in 'modelRoles' of evaluate()`,
  )
}

function gradeBy(options: ModelGradedOptions & { readonly template: string }): (grader: Grader) => ScoreFunction {
  const { template, includeHistory, partialCredit = false } = options
  const gradePattern =
    options.gradePattern === undefined ? undefined : compilePattern(options.gradePattern, 'gradePattern')
  const instructions = options.instructions || gradingInstructions(partialCredit)
  const offered = options.instructions ? undefined : partialCredit ? ['C', 'P', 'I'] : ['C', 'I']
  const questionOf = typeof includeHistory === 'function' ? includeHistory : includeHistory ? chatHistory : inputOf
  return (grader) => async (state, target) => {
    const prompt = gradingPrompt(state, target, { template, instructions, question: questionOf(state) })
    const output = await grader.generate([prompt])
    const said = completeOutput(output).completion
    const grade = findGrade(said, { gradePattern, offered })
    const message = output.choices[0]?.message
    const metadata = { grading: [prompt, ...(message ? [message] : [])] as unknown as Json }
    return { ...scoreOf(grade, said), answer: state.output.completion, metadata }
  }
}

/** An answer without a grade says nothing of what was to be graded. */
function scoreOf(grade: string | undefined, said: string): Score {
  if (grade !== undefined) return { value: grade, explanation: said }
  return { value: Number.NaN, explanation: `Grade not found in model output: ${said}`, reason: 'grader_failed' }
}

function inputOf(state: TaskState): string {
  return state.inputText
}

function namesOf(model: ModelGradedOptions['model']): Json | undefined {
  if (model === undefined) return undefined
  return isList(model) ? model.map(nameOf) : nameOf(model)
}

function nameOf(each: string | { readonly name: string }): string {
  return typeof each === 'string' ? each : each.name
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}
