import { openLog, type LogReader } from '../../inspect/log.ts'
import { TaskHistory } from '../task-history.ts'

/** The logs of each task that are there, when they were begun, and what is known of their samples. */
export class TaskAttempts {
  readonly history = new TaskHistory((task) => (this.#tasks.get(task)?.size ?? 0) > 1)
  /** Logs from which the history was learned. */
  readonly #learned = new Set<string>()
  readonly #tasks = new Map<string, Map<string, number>>()
  readonly #taskOf = new Map<string, string>()

  /** Seconds since 1970. A task without an id of its own has no attempts. */
  set(task: string, path: string, started: number): void {
    this.delete(path)
    if (task === '') return
    this.#taskOf.set(path, task)
    const attempts = this.#tasks.get(task) ?? new Map<string, number>()
    this.#tasks.set(task, attempts.set(path, started))
  }

  delete(path: string): void {
    const task = this.#taskOf.get(path)
    if (task === undefined) return
    this.#taskOf.delete(path)
    const attempts = this.#tasks.get(task)
    attempts?.delete(path)
    if (attempts?.size === 0) this.#tasks.delete(task)
  }

  /** Samples that a retry takes over belong to the attempt in which they ran, which may have been told long ago. */
  async learn(path: string): Promise<void> {
    const taskId = this.#taskOf.get(path) ?? ''
    for (const earlier of this.#before(path, taskId)) {
      if (this.#learned.has(earlier)) continue
      this.#learned.add(earlier)
      let reader: LogReader | undefined
      try {
        reader = await openLog(earlier)
        for await (const entry of reader.samples()) {
          if ('sample' in entry) this.history.remember({ taskId, path: earlier }, entry.sample)
        }
      } catch {
        // Whoever tells that log says what is wrong with it.
      } finally {
        await reader?.close()
      }
    }
  }

  #before(path: string, task: string): string[] {
    const attempts = this.#tasks.get(task) ?? new Map<string, number>()
    const sorted = [...attempts].toSorted(([, a], [, b]) => a - b).map(([each]) => each)
    return sorted.slice(0, Math.max(0, sorted.indexOf(path)))
  }
}
