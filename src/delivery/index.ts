/** What delivery shows to the other parts. */
export type * from './item.ts'
export type * from './report.ts'
export type * from './metrics.ts'
export { Delivery } from './delivery.ts'
export { flushTimeoutMs } from './flush-timeout.ts'
export {
  isInMemory,
  outboxFolders,
  outboxMaxAgeMs,
  outboxMaxBytes,
  outboxPlaces,
  presentOutboxes,
} from './outbox/place.ts'
export { OutboxReader, type Overview } from './outbox/reader.ts'
export type { PlaceAt, Question } from './outbox/subjects.ts'
export { sealedDigest } from './sealed-digest.ts'
export { Store } from './store.ts'
export * from './toolbox.ts'
