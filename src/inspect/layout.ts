import type { EvalspanError } from '../errors.ts'
import type { EvalLog } from './records.ts'

/** Which sample it is, as far as the log says without reading it. */
export interface SampleKey {
  readonly id: string | number
  readonly epoch: number
  readonly uuid?: string | undefined
}

/** A place in a log that holds one sample, or where one is known to be lost. */
export interface SampleSlot {
  /** Undefined when the log does not tell; such a slot is never left out by a filter. */
  readonly key: SampleKey | undefined
  readonly completedAt: string | undefined
  /** For messages: the member, or the number in the list. */
  readonly where: string
  /** Another one when the sample was written anew with other content. */
  readonly version: string
  /** Bytes of its JSON, when the log says so. */
  readonly size?: number | undefined
  /** The sample before it is resolved and checked. `aside`: something else is done meanwhile, so another thread may parse it. */
  load(aside?: boolean): Promise<unknown>
}

/** A log in one of the forms that Inspect writes. */
export interface LogLayout {
  readonly format: 'eval' | 'json'
  /** In the form that Inspect writes today, without samples. */
  readonly header: EvalLog
  /** The run was over when this was written: the header is the last word on it. */
  readonly finished: boolean
  /** In the order of the file. */
  readonly slots: readonly SampleSlot[]
  /** What is wrong with the file itself, though it can be read. */
  readonly problems: readonly EvalspanError[]
}
