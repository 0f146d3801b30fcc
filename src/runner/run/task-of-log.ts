import type { EvalSpec } from '../../inspect/records.ts'
import { badOption } from '../options/bad-option.ts'
import { loadFile } from './load-tasks.ts'
import { taskCalled } from './made-tasks.ts'
import type { Task } from '../task/task.ts'

const advice = 'retry it from the program: evalRetry(log, task)'

/**
 * The task that a log is of: from the file that the log names, as seen from `folder`, and without one the task of that name
 * that was made in this process. Rejects with a `BAD_OPTION` error where there is none, or more than one.
 */
export async function taskOfLog(log: string, spec: EvalSpec, folder: string): Promise<Task> {
  const { task: name, task_file: file } = spec
  if (file === undefined) return taskOfProgram(log, name)
  if (file.endsWith('.py')) throw badOption(`${log} is of a task in ${file}; run inspect eval-retry ${log}`)
  const tasks = await loadFile(file, spec.task_registry_name, folder, spec.task_args_passed ?? spec.task_args ?? {})
  const [found, another] = tasks.filter((task) => task.name === name)
  if (!found) throw badOption(`${log} is of task ${name}, and there is none in ${file}; ${advice}`)
  if (another)
    throw badOption(`${log} is of task ${name}, and there are several in ${file}; give each a name of its own`)
  return found
}

function taskOfProgram(log: string, name: string): Task {
  const found = taskCalled(name)
  if (found && found !== 'several') return found
  const problem = found ? 'several tasks here are called so' : 'it names no file, and no task here is called so'
  throw badOption(`${log} is of task ${name}: ${problem}; ${advice}`)
}
