import type { MetricData } from '@opentelemetry/sdk-metrics'
import type { BatchLimits, Committed, Item, ItemKind, ObjectState } from './item.ts'

/** What a store knows of a sink. */
export interface Destination {
  /** What the sink's `destination()` says. */
  readonly id: string
  readonly takes: readonly ItemKind[]
  /** False while the sink is not enabled: nothing is filed for it then, and what is missed can be filed later. */
  readonly on: boolean
}

/** What a commit filed for one destination, and what it had no room for. */
export interface Filed {
  readonly count: number
  readonly bytes: number
  readonly refused: number
}

export interface CommitResult {
  readonly committed: Committed
  /** By id of the destination. */
  readonly filed: ReadonlyMap<string, Filed>
}

export type Settlement =
  /** Acknowledged or refused for good: never filed again with the same content. */
  | { readonly status: 'settled'; readonly state?: ObjectState | undefined }
  /** Given up: filed again when it is committed again. */
  | { readonly status: 'dropped' }

/**
 * Keeps what was seen, what waits and what is measured. Asynchronous, so that a database behind a worker can take the
 * place of memory without a change anywhere else. Calls take effect in the order in which they were made.
 */
export interface Store {
  /** Tells the series of this store from those of others: `service.instance.id`. */
  readonly instanceId: string
  /**
   * Most bytes (of `Item.size`) that may wait for one destination: what one backend leaves lying is no other's loss. An
   * item larger than that is still filed when nothing else waits.
   */
  readonly maxBytes: number
  /**
   * Sorts items into never seen, known and superseded, files for each destination what it lacks, and folds the
   * measurements of the fresh ones into the metrics: all of it or nothing.
   */
  commit(items: readonly Item[], destinations: readonly Destination[]): Promise<CommitResult>
  /**
   * The items that wait longest for a destination, one at least if any waits. With release `object` all are of one
   * object, and its state comes along.
   */
  next(
    destination: string,
    limits: BatchLimits,
    release: 'item' | 'object',
  ): Promise<{ readonly items: readonly Item[]; readonly state: ObjectState }>
  /** Ends the wait of items for a destination. State is merged into that of their object in the same step. */
  settle(destination: string, items: readonly Item[], settlement: Settlement): Promise<void>
  /** The cumulative metrics of all that was ever fresh. */
  metrics(): Promise<MetricData[]>
  close(): Promise<void>
}
