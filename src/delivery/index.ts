/** What delivery shows to the other parts. */
export type * from './item.ts'
export type * from './report.ts'
export type * from './metrics.ts'
export { Delivery } from './delivery.ts'
export { flushTimeoutMs } from './flush-timeout.ts'
export { outboxMaxAgeMs, outboxMaxBytes, outboxPlaces } from './outbox/place.ts'
export type { LostDraft, Place, PlaceAt, Question, Store } from './store.ts'
export * from './toolbox.ts'
