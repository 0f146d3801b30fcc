/**
 * The account of a destination: `produced = delivered + waiting + rejected + dropped`, always. Of metrics it counts the
 * data points of the last push, because each push holds all there is.
 */
export interface DestinationReport {
  /** The sink's name: `otlp/traces`. */
  readonly sink: string
  readonly destination: string
  /** Where that is, for people: a URL without credentials, or a path. */
  readonly address?: string | undefined
  readonly produced: number
  readonly delivered: number
  readonly waiting: number
  readonly rejected: number
  readonly dropped: number
  /** Why something was not delivered, with how many it hit, most first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

/** What became of all that was produced; shown as the last lines of every command. */
export interface DeliveryReport {
  /** Items that were new, by kind. */
  readonly fresh: { readonly span: number; readonly log: number }
  /** Items that were seen before, with the same content. */
  readonly known: number
  /** Items that were seen before, with other content. */
  readonly superseded: number
  /** What they are, the first few of them. */
  readonly supersededNames: readonly string[]
  /** Without those that turned out to take nothing of the kind and were switched off. */
  readonly destinations: readonly DestinationReport[]
}
