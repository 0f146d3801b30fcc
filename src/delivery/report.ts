/** Why items were not delivered. */
export interface Reason {
  readonly outcome: 'rejected' | 'dropped'
  /** What the server said, or what happened. */
  readonly reason: string
  readonly count: number
  /** The first few of them. */
  readonly names: readonly string[]
}

/**
 * The account of a destination: `produced = delivered + waiting + rejected + dropped`, always. Of metrics it counts the
 * data points of the last push, because each push holds all there is. Times are ISO 8601.
 */
export interface DestinationReport {
  /** The sink's name: `otlp/traces`. */
  readonly sink: string
  readonly destination: string
  /** Where that is, for people: a URL without credentials, or a path. */
  readonly address?: string | undefined
  /** It counts data points, of the last push alone. */
  readonly isMetrics?: true | undefined
  readonly produced: number
  readonly delivered: number
  readonly waiting: number
  readonly rejected: number
  readonly dropped: number
  /** Spans that have begun and whose end is not known yet: of the whole outbox. */
  readonly drafts: number
  /** Items that came again with other content and were not sent again: of the whole outbox. */
  readonly superseded: number
  /** Since when the oldest item waits. */
  readonly oldest?: string | undefined
  readonly lastDelivered?: string | undefined
  readonly lastError?: { readonly time: string; readonly reason: string } | undefined
  /** The most frequent first. */
  readonly reasons: readonly Reason[]
}

/** What had become of known items when they came again. */
export interface KnownReport {
  /** Those that were delivered. */
  readonly count: number
  /** When the last of them was (ISO 8601). */
  readonly latest?: string | undefined
  /** Those that waited, or were not delivered for good. */
  readonly undelivered: number
}

/** What became of all that was produced; shown as the last lines of every command. */
export interface DeliveryReport {
  /** Items that were new, by kind. */
  readonly fresh: { readonly span: number; readonly log: number }
  /** Items that were seen before, with the same content or for a destination that lacked them. */
  readonly known: number
  /** Of the known ones, those that had been handed over for delivery before. */
  readonly before?: KnownReport | undefined
  /** Items that were seen before, with other content. */
  readonly superseded: number
  /** What they are, the first few of them. */
  readonly supersededNames: readonly string[]
  /** The folder of the outbox; undefined when items wait in memory. */
  readonly place?: string | undefined
  /**
   * What this process produced, and what became of it so far, whoever sent it. Without destinations that turned out to
   * take nothing of the kind.
   */
  readonly destinations: readonly DestinationReport[]
  /** The same of all that the outbox ever took, also for destinations that are not on. */
  readonly all: readonly DestinationReport[]
  /** When the outbox was begun (ISO 8601); undefined as `place`. */
  readonly since?: string | undefined
}
