/** What delivery shows to the other parts. */
export type * from './item.ts'
export type * from './report.ts'
export type * from './metrics.ts'
export { Delivery } from './delivery.ts'
export { flushTimeoutMs } from './flush-timeout.ts'
export { MemoryStore } from './memory-store.ts'
export * from './toolbox.ts'
