/** Which sample it is, as far as the log says without reading it. */
export interface SampleKey {
  readonly id: string | number
  readonly epoch: number
  readonly uuid?: string | undefined
}

/** A sample before it is resolved and checked. */
export interface RawSample {
  readonly record: unknown
  /** It may hold references to attachments. */
  readonly condensed: boolean
}

/** A place in a log that holds one sample, or where one is known to be lost. */
export interface SampleSlot {
  /** Undefined when the log does not tell; such a slot is never left out by a filter. */
  readonly key: SampleKey | undefined
  readonly completedAt: string | undefined
  /** For messages: the member, or the number in the list. */
  readonly where: string
  /** Bytes of its JSON, when the log says so. */
  readonly size?: number | undefined
  load(): Promise<RawSample>
}

/** A log in one of the forms that Inspect writes. */
export interface LogLayout {
  /** As parsed, without samples. */
  readonly header: unknown
  /** For messages. */
  readonly headerWhere: string
  /** In the order of the file. */
  readonly slots: readonly SampleSlot[]
  /** The log holds these samples and no others. */
  readonly complete: boolean
}
