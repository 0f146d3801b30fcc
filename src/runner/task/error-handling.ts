/** When errors of samples end a task. */
export interface ErrorHandling {
  /** True (the default): at the first one; a number below 1: at that share of all samples; from 1 on: at so many; false: never. */
  readonly failOnError?: boolean | number | undefined
  /** Whether the task fails because of its errors is decided when all samples are through. */
  readonly continueOnFail?: boolean | undefined
  /** So many times a sample that failed is tried again. */
  readonly retryOnError?: number | undefined
  /** What a sample that failed for good had come to is scored all the same. */
  readonly scoreOnError?: boolean | undefined
}

export const errorHandlingNames = {
  failOnError: true,
  continueOnFail: true,
  retryOnError: true,
  scoreOnError: true,
} satisfies Record<keyof ErrorHandling, true>
