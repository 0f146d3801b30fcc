import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EvalspanError } from '../../errors.ts'
import { logsIn } from './logs-in.ts'
import { keylessJson } from '../log/keys-in-json.ts'
import { writeError } from '../log/write-error.ts'
import { removeLog } from './remove-log.ts'
import { lockSet } from './set-lock.ts'
import { shortUuid } from '../short-uuid.ts'
import type { LoggedEval, TaskUnit } from '../run/run-context.ts'
import { identityOfLog, type TaskIdentity } from './task-identity.ts'

/** The logs of a set in its folder, and the files that Inspect keeps beside them. */
export class EvalSetFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The same for all calls that work on the folder. */
  async id(): Promise<string> {
    const path = join(this.#folder, '.eval-set-id')
    const known = await readFile(path, 'utf8').catch(() => '')
    if (known.trim() !== '') return known.trim()
    const id = shortUuid()
    await writeFile(path, id)
    return id
  }

  /** Makes the folder, and takes it until what is returned is called. Rejects with an `EvalspanError`. */
  async take(): Promise<() => Promise<void>> {
    try {
      await mkdir(this.#folder, { recursive: true })
      return await lockSet(this.#folder)
    } catch (error) {
      throw error instanceof EvalspanError ? error : writeError(this.#folder, error)
    }
  }

  /** Says what the set is made of, for Inspect's tools. */
  async describe(id: string, units: readonly TaskUnit[]): Promise<void> {
    const tasks = units.map(({ task, model, ids }, sequence) => ({
      name: task.name,
      task_id: ids.taskId,
      task_args: task.origin.args ?? {},
      model: model.name,
      model_args: {},
      sequence,
    }))
    const text = keylessJson(JSON.stringify({ eval_set_id: id, tasks }, undefined, 2))
    await writeFile(join(this.#folder, 'eval-set.json'), text)
  }

  /** By the key of the task: the logs of all attempts, the latest first. Logs that cannot be read are left out. */
  async logs(report: (message: string) => void): Promise<Map<string, LoggedEval[]>> {
    const latestFirst = await logsIn(this.#folder, (problem) =>
      report(`${problem}; the eval set goes on without it, and runs again what it may hold`),
    )
    return Map.groupBy(latestFirst, (log) => keyOf(identityOfLog(log)))
  }

  async remove(logs: readonly LoggedEval[]): Promise<void> {
    for (const { location } of logs) await removeLog(location)
  }
}

/** What tells a task of a set, with its model, from the others. */
export function keyOf(identity: TaskIdentity): string {
  return JSON.stringify(Object.values(identity))
}
