import type { HookEvent } from '../hooks/hooks.ts'
import type { EvalLog, EvalSpec } from '../inspect/records.ts'
import { plainText } from '../plain-text.ts'
import type { CliOutput } from './context.ts'
import { plannedSamples } from './planned-samples.ts'
import { counted, formatNumber } from './quantity.ts'
import { clockTime } from './top/texts.ts'

interface TaskState {
  readonly runId: string
  readonly name: string
  /** How many samples there are to be, all epochs; undefined when the log does not say. */
  readonly planned: number | undefined
  done: number
  failed: number
  status: string | undefined
  changed: boolean
}

/** What is said of evals while they run: a line for each task in which something happened since the last time. */
export class TaskLines {
  readonly #output: CliOutput
  readonly #tasks = new Map<string, TaskState>()

  constructor(output: CliOutput) {
    this.#output = output
  }

  event({ hook, data }: HookEvent): void {
    if (hook === 'onTaskStart') this.#begin(data.eval_id, data.run_id, data.spec)
    if (hook === 'onTaskEnd') this.taskLog(data.log)
    if (hook !== 'onSampleEnd') return
    const task = this.#tasks.get(data.eval_id)
    if (!task) return
    task.done += 1
    if (data.sample.error) task.failed += 1
    task.changed = true
  }

  taskLog({ eval: spec, status }: EvalLog): void {
    const task = this.#tasks.get(spec.eval_id)
    if (!task) return
    task.status = status
    task.changed = true
  }

  /** A run came to no end that could be told. */
  lost(runId: string): void {
    for (const task of this.#tasks.values()) {
      if (task.runId !== runId || task.status !== undefined) continue
      task.status = 'no end is known'
      task.changed = true
    }
  }

  /** What has happened; without a word when `silent`. */
  tell(silent = false): void {
    for (const [id, task] of this.#tasks) {
      if (task.changed && !silent) this.write(taskLine(task))
      task.changed = false
      if (task.status !== undefined) this.#tasks.delete(id)
    }
  }

  /** A line with the time before it. */
  write(text: string): void {
    this.#output.write(`${clockTime(Date.now())}  ${text}\n`)
  }

  #begin(id: string, runId: string, spec: EvalSpec): void {
    const planned = plannedSamples(spec)
    const name = `${plainText(spec.task)}  ${plainText(spec.model)}`
    this.#tasks.set(id, { runId, name, planned, done: 0, failed: 0, status: undefined, changed: true })
  }
}

function taskLine({ name, planned, done, failed, status }: TaskState): string {
  const count =
    planned === undefined ? counted(done, 'sample') : `${formatNumber(done)} of ${counted(planned, 'sample')}`
  const errors = failed > 0 ? `, ${counted(failed, 'error')}` : ''
  return `${name}  ${count}${errors}${status === undefined ? '' : `  ${status}`}`
}
