import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EvalspanError, messageOf } from '../errors.ts'
import type { Json } from '../inspect/records.ts'
import { Task } from '../runner/task.ts'

export type TaskArgs = { readonly [name: string]: Json }

/**
 * The tasks in a file: what it exports that `task()` made, and its default export where that is a function which makes one
 * of the arguments. `FILE@name` is one export, which may be such a function.
 */
export async function loadTasks(place: string, cwd: string, args: TaskArgs): Promise<Task[]> {
  const [, file = place, name] = /^(.*)@([\w$]+)$/.exec(place) ?? []
  const path = resolve(cwd, file)
  const module = await importFile(file, path)
  const wanted = name === undefined ? Object.entries(module) : [[name, module[name]] as const]
  const origin = { file, args }
  const tasks: Task[] = []
  for (const [key, value] of wanted) {
    if (Task.is(value)) tasks.push(new Task(value.options, { ...origin, args: {} }))
    else if (typeof value === 'function' && (key === 'default' || key === name)) {
      tasks.push(
        ...(await callTask(value as TaskFunction, `${file}@${key}`, args)).map(
          (task) => new Task(task.options, origin),
        ),
      )
    }
  }
  if (tasks.length > 0) return tasks
  const what = name === undefined ? 'exports no task' : `exports no task called ${name}`
  throw new EvalspanError(
    'BAD_OPTION',
    `${file}: ${what}; export what task() gives, or a function as default that gives it`,
  )
}

type TaskFunction = (args: TaskArgs) => unknown

async function callTask(make: TaskFunction, place: string, args: TaskArgs): Promise<Task[]> {
  let made: unknown
  try {
    made = await make(args)
  } catch (error) {
    if (error instanceof EvalspanError) throw error
    throw new EvalspanError('BAD_OPTION', `${place}: ${messageOf(error)}`, { cause: error })
  }
  const list: readonly unknown[] = Array.isArray(made) ? made : [made]
  return list.map((each) => {
    if (Task.is(each)) return each
    throw new EvalspanError('BAD_OPTION', `${place} gave no task; return what task() gives`)
  })
}

async function importFile(file: string, path: string): Promise<{ readonly [name: string]: unknown }> {
  try {
    return (await import(pathToFileURL(path).href)) as { [name: string]: unknown }
  } catch (error) {
    if (error instanceof EvalspanError) throw error
    throw new EvalspanError('BAD_OPTION', `${file}: ${messageOf(error)}`, { cause: error })
  }
}
