import type { TaskUnit } from './run-context.ts'

/** Places in the list, task by task with all of its models. */
export function byTask(units: readonly TaskUnit[]): number[] {
  const tasks = units.map(({ task }) => task)
  return [...units.keys()].toSorted((a, b) => tasks.indexOf(tasks[a]!) - tasks.indexOf(tasks[b]!))
}

/** The tasks of a run that are still to be begun: in their order, of the models that have the least to do, as in Inspect. */
export class WaitingTasks {
  readonly #units: readonly TaskUnit[]
  readonly #waiting: number[]
  readonly #running = new Map<string, number>()

  constructor(units: readonly TaskUnit[], order: readonly number[]) {
    this.#units = units
    this.#waiting = [...order]
  }

  /** The place of the task in the list; undefined when there is none left. */
  next(): number | undefined {
    const least = Math.min(...this.#waiting.map((index) => this.#runningOf(index)))
    const at = this.#waiting.findIndex((index) => this.#runningOf(index) === least)
    const [index] = at === -1 ? [] : this.#waiting.splice(at, 1)
    if (index !== undefined) this.#count(index, 1)
    return index
  }

  /** Once more, after all others. */
  add(index: number): void {
    this.#waiting.push(index)
  }

  done(index: number): void {
    this.#count(index, -1)
  }

  #runningOf(index: number): number {
    return this.#running.get(this.#units[index]!.model.name) ?? 0
  }

  #count(index: number, more: number): void {
    this.#running.set(this.#units[index]!.model.name, this.#runningOf(index) + more)
  }
}
