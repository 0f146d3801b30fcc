import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EvalspanError } from '../src/errors.ts'
import { parse } from '../src/inspect/json.ts'
import { scenarioFormat, type Scenario, type ScenarioTask } from './format.ts'

export interface ScenarioFile {
  /** Of its file, without `.json`. */
  readonly name: string
  readonly path: string
  readonly scenario: Scenario
  /** Where the hooks are that Inspect fired, if there is such a file. */
  readonly recorded: string
}

/** Reads a scenario. Throws an `EvalspanError` that names the file and each field that is wrong. */
export function readScenario(path: string): ScenarioFile {
  const name = basename(path, '.json')
  let given: unknown
  try {
    given = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `${path}: this is no JSON: ${(error as Error).message}`, { cause: error })
  }
  const { data, error } = scenarioFormat.safeParse(given)
  const problems = error?.issues.map((issue) => `${fieldOf(issue.path)}: ${issue.message}`) ?? references(data!)
  if (problems.length > 0)
    throw new EvalspanError('BAD_OPTION', problems.map((problem) => `${path}: ${problem}`).join('\n'))
  const scenario = data!
  return { name, path, scenario, recorded: join(dirname(path), scenario.recorded ?? `${name}.hooks.jsonl`) }
}

function fieldOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the scenario'
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}

/** What names something that is not there. */
function references({ models, tasks, runs = [] }: Scenario): string[] {
  const problems: string[] = []
  const names = tasks.map((task) => task.name)
  const check = (field: string, model: string | undefined): void => {
    if (model !== undefined && !Object.hasOwn(models, model)) problems.push(`${field}: models has no '${model}'`)
  }
  const checkRoles = (field: string, roles: ScenarioTask['model_roles'] = {}): void => {
    for (const [role, given] of Object.entries(roles)) {
      for (const model of [given].flat()) check(`${field}.model_roles.${role}`, model)
    }
  }
  for (const [index, task] of tasks.entries()) {
    check(`tasks[${index}].model`, task.model)
    checkRoles(`tasks[${index}]`, task.model_roles)
    if (names.indexOf(task.name) !== index) problems.push(`tasks[${index}].name: there is another task '${task.name}'`)
  }
  for (const [index, run] of runs.entries()) {
    const { eval_retry: retry } = run
    if (retry && (retry.of ?? 0) >= index)
      problems.push(`runs[${index}].eval_retry.of: has to be an earlier run, from 0`)
    const options = run.eval ?? run.eval_set
    for (const model of [options?.model ?? []].flat()) check(`runs[${index}].model`, model)
    checkRoles(`runs[${index}]`, options?.model_roles)
    for (const task of options?.tasks ?? []) {
      if (!names.includes(task)) problems.push(`runs[${index}].tasks: there is no task '${task}'`)
    }
  }
  return problems
}
