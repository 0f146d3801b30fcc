import { processWide } from '../../hooks/process-wide.ts'
import type { Task } from '../task/task.ts'

/** What `task()` has made in this process, by name; `several` where there is more than one of a name. */
const made = processWide('tasks', () => new Map<string, Task | 'several'>())

/** So that a task is found of which only the name is known, from a log. */
export function rememberTask(task: Task): Task {
  made.set(task.name, made.has(task.name) ? 'several' : task)
  return task
}

export function taskCalled(name: string): Task | 'several' | undefined {
  return made.get(name)
}
