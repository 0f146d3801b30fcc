/** What is done about tasks of an eval set that fail. */
export interface RetryOptions {
  /** How often a task is tried again; 10 times when left out. */
  readonly retryAttempts?: number | undefined
  /** False: the logs of attempts that failed stay beside the one that succeeded. */
  readonly retryCleanup?: boolean | undefined
  /** True: the folder may have logs of other tasks and models too. */
  readonly logDirAllowDirty?: boolean | undefined
}
