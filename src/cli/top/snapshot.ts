/** The version of `BoardSnapshot` that is written and read here. */
export const snapshotVersion = 1

/**
 * What runs at one listener, as plain JSON. Times are milliseconds since 1970, durations milliseconds, costs US dollars;
 * null is what is not known. Names and ids are as they came: not fit for a terminal. Of content there are the beginnings of error messages, masked.
 */
export interface BoardSnapshot {
  readonly version: typeof snapshotVersion
  /** When it was made. */
  readonly time: number
  /** Begun first before the others. What is over stays for some minutes. */
  readonly runs: readonly RunSnapshot[]
  readonly tasks: readonly TaskSnapshot[]
  /** In flight, begun first before the others, then those that are queued; at most 100. The tasks have counts of all. */
  readonly samples: readonly SampleSnapshot[]
  /** The kinds of errors that came last, newest first. */
  readonly errors: readonly ErrorSnapshot[]
  /** Of the runs and tasks above, and of calls that belong to none. */
  readonly totals: Totals
}

export interface RunSnapshot {
  readonly id: string
  readonly evalSetId: string | null
  /** How many tasks it announced, each model counted. */
  readonly plannedTasks: number | null
  readonly started: number
  readonly ended: number | null
  /** `ended`: over, with tasks of which each tells how; `error`: an exception ended it; `lost`: its process is gone. */
  readonly state: 'running' | 'ended' | 'error' | 'lost'
  /** The type of that exception. */
  readonly error: string | null
  /** When something was last heard of it. */
  readonly heard: number
}

/** `ended`: over, and nothing told how; `lost`: its process is gone. */
export type TaskState = 'running' | 'success' | 'error' | 'cancelled' | 'ended' | 'lost'

/** One attempt at a task. */
export interface TaskSnapshot {
  /** Inspect's `eval_id`. */
  readonly id: string
  readonly runId: string
  readonly name: string | null
  readonly model: string | null
  /** Among the attempts that were seen, from 1. */
  readonly attempt: number
  readonly started: number
  readonly ended: number | null
  readonly state: TaskState
  readonly samples: {
    /** All epochs. */
    readonly planned: number | null
    /** All that are over, those below too. */
    readonly done: number
    /** Ended by an error. */
    readonly failed: number
    readonly cancelled: number
    /** Ended by a limit. */
    readonly limited: number
    readonly inFlight: number
    /** To be tried again, when there is a place for them. */
    readonly queued: number
  }
  /** Means over the samples that are done; null where a score is no number. */
  readonly scores: readonly { readonly name: string; readonly mean: number | null; readonly samples: number }[]
  /** The task's own first metric, once it ended. */
  readonly metric: { readonly name: string; readonly value: number } | null
  /** Tokens of the input with those of the provider's cache. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cost: number | null
}

export interface SampleSnapshot {
  readonly uuid: string
  /** The task attempt it belongs to. */
  readonly taskId: string
  readonly task: string | null
  readonly model: string | null
  /** Its id in the dataset. */
  readonly id: string | number | null
  readonly epoch: number | null
  /** From 1; 0 before the first one. */
  readonly attempt: number
  readonly started: number
  readonly activity: Activity
}

/** What a sample does. */
export interface Activity {
  /**
   * `starting`: before its first attempt, say while its sandbox is made; `queued`: to be tried again; `waiting`: for the
   * next try of a model call; `solver` and `agent`: nothing more exact is known.
   */
  readonly kind: 'starting' | 'solver' | 'agent' | 'model' | 'tool' | 'waiting' | 'scoring' | 'queued'
  /** Of the model, tool, solver, agent or scorer. */
  readonly name: string | null
  readonly since: number | null
  /** When the wait is to end. */
  readonly until: number | null
}

/** Errors of one kind in one task. */
export interface ErrorSnapshot {
  readonly kind: 'sample' | 'attempt' | 'tool' | 'retry' | 'run'
  readonly type: string
  /** Of the last retry. */
  readonly status: number | null
  /** Of the last one, masked; null unless the board has a masker. */
  readonly message: string | null
  readonly count: number
  /** Of the last one. */
  readonly time: number
  readonly task: string | null
  readonly model: string | null
  readonly sample: string | number | null
  readonly epoch: number | null
}

export interface Totals {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the calls that have a price. */
  readonly cost: number | null
  /** Model calls that were answered, not those that the cache answered. */
  readonly calls: number
  readonly cacheHits: number
  /** Model calls that were tried again; null when all that runs is of Inspect before 0.3.241, which does not tell. */
  readonly retries: number | null
  /** Retries for a rate limit. */
  readonly rateLimited: number
  /** How long was to be waited before retries, all samples together. */
  readonly waited: number
  /** Samples and attempts that failed, tools that did, and runs. */
  readonly errors: number
  readonly tokensPerSecond: {
    readonly last10s: number
    readonly last60s: number
  }
}
