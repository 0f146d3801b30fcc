import { addUsage, noUsage, type EndedTask, type Outcome, type Sample, type Usage } from './sample.ts'

/** The results of one scorer. */
export class ScorerTally {
  #sum = 0
  #numbers = 0
  #count = 0
  readonly #labels = new Map<string, number>()

  add(value: number | undefined, label: string | undefined): void {
    this.#count++
    if (value !== undefined) {
      this.#numbers++
      this.#sum += value
    }
    const name = label ?? (value === undefined ? 'unscored' : String(value))
    this.#labels.set(name, (this.#labels.get(name) ?? 0) + 1)
  }

  get count(): number {
    return this.#count
  }

  /** Undefined when there is a result without a number. */
  get mean(): number | undefined {
    return this.#numbers === this.#count ? this.#sum / this.#count : undefined
  }

  /** Most frequent first. */
  get labels(): readonly (readonly [label: string, count: number])[] {
    return [...this.#labels].toSorted((left, right) => right[1] - left[1])
  }
}

/** What the finished samples of a task come to. */
export class TaskTally {
  readonly task: string
  readonly model: string
  samples = 0
  /** Samples that were finished before, and are in earlier logs. */
  reused = 0
  /** Samples that took more than one attempt. */
  retriedSamples = 0
  usage: Usage = noUsage
  readonly outcomes = new Map<Outcome, number>()
  readonly scorers = new Map<string, ScorerTally>()

  constructor(task: string, model: string) {
    this.task = task
    this.model = model
  }

  add(sample: Sample): void {
    this.samples++
    if (sample.attempts > 1) this.retriedSamples++
    this.usage = addUsage(this.usage, sample.usage)
    this.outcomes.set(sample.outcome, (this.outcomes.get(sample.outcome) ?? 0) + 1)
    for (const { scorer, value, label } of sample.results) {
      const tally = this.scorers.get(scorer) ?? new ScorerTally()
      this.scorers.set(scorer, tally)
      tally.add(value, label)
    }
  }
}

const mostFailed = 5

/** All finished samples, by task and model, the slowest of them, and a few that failed. */
export class Tally {
  readonly #tasks = new Map<string, TaskTally>()
  readonly #failed: Sample[] = []
  /** Ids of the tasks that are over. */
  readonly #ended = new Set<string>()
  #slowest: Sample | undefined

  add(sample: Sample): void {
    this.#taskOf(sample).add(sample)
    if (sample.outcome === 'error' && this.#failed.length < mostFailed) this.#failed.push(sample)
    if (!this.#slowest || sample.duration > this.#slowest.duration) this.#slowest = sample
  }

  /** What a later attempt of the task takes over was counted when it was run. */
  end(task: EndedTask): void {
    if (this.#ended.has(task.taskId)) return
    this.#ended.add(task.taskId)
    if (task.reused > 0) this.#taskOf(task).reused += task.reused
  }

  #taskOf({ task, model }: Pick<Sample, 'task' | 'model'>): TaskTally {
    const key = JSON.stringify([task, model])
    const tally = this.#tasks.get(key) ?? new TaskTally(task, model)
    this.#tasks.set(key, tally)
    return tally
  }

  get tasks(): readonly TaskTally[] {
    return [...this.#tasks.values()]
  }

  get slowest(): Sample | undefined {
    return this.#slowest
  }

  /** The first few samples that ended in an error. */
  get failed(): readonly Sample[] {
    return this.#failed
  }

  get samples(): number {
    return this.tasks.reduce((sum, task) => sum + task.samples, 0)
  }

  get usage(): Usage {
    return this.tasks.reduce((sum, task) => addUsage(sum, task.usage), noUsage)
  }

  get outcomes(): ReadonlyMap<Outcome, number> {
    const sums = new Map<Outcome, number>()
    for (const task of this.tasks) {
      for (const [outcome, count] of task.outcomes) sums.set(outcome, (sums.get(outcome) ?? 0) + count)
    }
    return sums
  }
}
