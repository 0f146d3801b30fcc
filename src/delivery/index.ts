/** What delivery shows to the other parts. */
export type * from './item.ts'
export type * from './report.ts'
export type * from './metrics.ts'
