import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EvalspanError, messageOf } from '../../errors.ts'
import { Task } from '../task/task.ts'
import { notedArgs, type TaskArgs } from './task-args.ts'

/**
 * The tasks in files, in their order; `FILE@name` is one export of a file. `report` is told of arguments that no task has asked for.
 * Throws a `BAD_OPTION` error where there are arguments and no task takes any.
 */
export async function loadTasks(
  places: readonly string[],
  cwd: string,
  args: TaskArgs,
  report: (message: string) => void,
): Promise<Task[]> {
  const unread = new Set(Object.keys(args))
  const load = (place: string): Promise<Task[]> => {
    const [, file = place, name] = /^(.*)@([\w$]+)$/.exec(place) ?? []
    return loadFile(file, name, cwd, args, (read) => unread.delete(read))
  }
  const tasks = (await Promise.all(places.map(load))).flat()
  const [name] = Object.keys(args)
  if (name !== undefined && !tasks.some(({ origin }) => origin.args === args)) {
    throw new EvalspanError(
      'BAD_OPTION',
      `-T ${name}: no task here is a function, which could take it; export one as default, or give it as FILE@name`,
    )
  }
  for (const each of unread) report(`-T ${each}: no task here has asked for it`)
  return tasks
}

/**
 * The tasks in a file: what it exports that `task()` made, and its default export where that is a function which makes one
 * of the arguments. With a name it is that export alone, which may be such a function. `read` takes the names of arguments that
 * are asked for.
 */
export async function loadFile(
  file: string,
  name: string | undefined,
  cwd: string,
  args: TaskArgs,
  read: (name: string) => void = () => {},
): Promise<Task[]> {
  const module = await importFile(file, resolve(cwd, file))
  const wanted = name === undefined ? Object.entries(module) : [[name, module[name]] as const]
  // What is exported under two names runs once.
  const tasks = new Map<Task, Task>()
  const functions: string[] = []
  for (const [key, value] of wanted) {
    if (Task.is(value)) tasks.set(value, new Task(value.options, { file, name, args: {} }))
    else if (typeof value === 'function' && (key === 'default' || key === name)) {
      for (const made of await callTask(value as TaskFunction, `${file}@${key}`, notedArgs(args, read))) {
        tasks.set(made, new Task(made.options, { file, name, args }))
      }
    } else if (typeof value === 'function') functions.push(key)
  }
  if (tasks.size > 0) return [...tasks.values()]
  const what = name === undefined ? 'exports no task' : `exports no task called ${name}`
  const advice =
    functions.length > 0
      ? functions.map((key) => `${key} is a function: give it as ${file}@${key}`).join('; ')
      : 'export what task() gives, or a function as default that gives it'
  throw new EvalspanError('BAD_OPTION', `${file}: ${what}; ${advice}`)
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
    // The error of import() would name the file here that imports.
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) throw new EvalspanError('BAD_OPTION', `${file}: no such file`)
    if (found.isDirectory()) throw new EvalspanError('BAD_OPTION', `${file}: is a folder; give the files in it`)
    return (await import(pathToFileURL(path).href)) as { [name: string]: unknown }
  } catch (error) {
    if (error instanceof EvalspanError) throw error
    throw new EvalspanError('BAD_OPTION', `${file}: ${messageOf(error)}`, { cause: error })
  }
}
