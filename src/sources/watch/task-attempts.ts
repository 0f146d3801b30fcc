/** The logs of each task that are there, and when they were begun. */
export class TaskAttempts {
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

  isTriedAgain(task: string): boolean {
    return (this.#tasks.get(task)?.size ?? 0) > 1
  }

  /** Those before this one. */
  before(path: string): string[] {
    const attempts = this.#tasks.get(this.#taskOf.get(path) ?? '') ?? new Map<string, number>()
    const sorted = [...attempts].toSorted(([, a], [, b]) => a - b).map(([each]) => each)
    return sorted.slice(0, Math.max(0, sorted.indexOf(path)))
  }
}
