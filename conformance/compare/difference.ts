/** One place where two runs are not the same. */
export interface Difference {
  /** `runs`; a task; hooks, events, deliveries of a sample: the end of the name says which. */
  readonly section: string
  /** What it is that differs, as `task_end` or `model fake/m`. */
  readonly what: string
  /** Empty where one of the runs does not have it at all. */
  readonly field: string
  /** Undefined where our runner has nothing. */
  readonly ours: unknown
  /** Undefined where Inspect has nothing. */
  readonly inspect: unknown
}
