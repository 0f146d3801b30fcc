import { EvalspanError } from '../../../errors.ts'
import type { Json, Score } from '../../../inspect/records.ts'
import { isObject } from '../../../hooks/is-object.ts'
import { badOption } from '../../options/bad-option.ts'
import { checkModelSpec, isModelSpec, nameOfSpec, type ModelSpec } from '../../model/model-spec.ts'
import { paramsOf } from '../../task/params.ts'
import { completeOutput, type TaskState } from '../../sample/task-state.ts'
import { isList, toList, type OneOrMany } from '../../to-list.ts'
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
import { gradingInstructions } from './templates.ts'

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
  /**
   * What grades, in any of the forms that `evaluate()` takes, or as `getModel()` gave it; several grade each for itself. Goes
   * before `modelRole`. One with a key is in the log by the variable of the key, since its name is not known before.
   */
  readonly model?: OneOrMany<ModelSpec | Grader> | undefined
  /**
   * The role whose model grades, or whose models; `grader` when left out. Without a model in it the evaluated model
   * grades, unless one is `required`; so it does with null.
   */
  readonly modelRole?: string | { readonly name: string; readonly required?: boolean | undefined } | null | undefined
  /** Makes one grade of several; `majority` when left out. */
  readonly reducer?: string | Reducer | undefined
}

/** A scorer that asks models. Where they come from may be said in tests. */
export function gradedByModel(
  name: string,
  template: string,
  options: ModelGradedOptions,
  graders: Graders = activeGraders,
): Scorer {
  const { model, reducer = 'majority' } = options
  checkModels(model)
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
  const find = async (each: ModelSpec | Grader): Promise<Grader> =>
    isModelSpec(each) ? await graders.model(each) : each
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

/** What is wrong is told when the scorer is made, and not by each of its samples. */
function checkModels(model: ModelGradedOptions['model']): void {
  const models = toList(model)
  if (model !== undefined && models.length === 0)
    throw badOption('a scorer has no model in its list; give one at least')
  for (const each of models) if (!isGrader(each)) checkModelSpec(each)
}

/** What `getModel()` gives. */
function isGrader(value: unknown): value is Grader {
  return (
    isObject(value) &&
    !isModelSpec(value) &&
    typeof value['name'] === 'string' &&
    typeof value['generate'] === 'function'
  )
}

function namesOf(model: ModelGradedOptions['model']): Json | undefined {
  if (model === undefined) return undefined
  return isList(model) ? model.map(modelName) : modelName(model)
}

function modelName(model: ModelSpec | Grader): string {
  return isModelSpec(model) ? nameOfSpec(model) : model.name
}

function nameOf(reducer: string | Reducer): string {
  return typeof reducer === 'string' ? reducer : reducer.name
}
