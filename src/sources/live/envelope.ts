import { EvalspanError, messageOf } from '../../errors.ts'

/**
 * The first line of what a forwarder sends at a time. Records are numbered from 1 in the order in which a process fired
 * its hooks; those of one batch follow each other, so a number that is left out is of a record that was dropped.
 * Further fields are for people.
 */
export interface Envelope {
  /** The process; another one after a fork. */
  readonly stream: string
  /** The number of the first record that has one. */
  readonly first: number
  /**
   * So many lines before the numbered ones say again what is under way. Left out unless the listener asked for it, which
   * it does when records before `first` did not come.
   */
  readonly open?: number | undefined
  /** The last of a process that ends in order. */
  readonly end?: boolean | undefined
}

/** Reads the first line of a batch. Throws an `EvalspanError` that says what is wrong with it. */
export function readEnvelope(line: string): Envelope {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw bad(messageOf(error))
  }
  if (typeof value !== 'object' || value === null) throw bad('it is no object')
  const { stream, first, open, end } = value as Record<string, unknown>
  if (typeof stream !== 'string' || !/^[\w-]{8,64}$/.test(stream))
    throw bad('"stream" is no name of 8 to 64 letters and digits')
  if (!isCount(first) || first < 1) throw bad('"first" is no number from 1')
  if (open !== undefined && !isCount(open)) throw bad('"open" is no number from 0')
  return { stream, first, open, end: end === true }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function bad(message: string): EvalspanError {
  return new EvalspanError('BAD_LOG', `the first line of a batch cannot be read: ${message}`)
}
