/**
 * The records of Inspect AI's logs, as types. Names and shapes are Inspect's own (snake_case, null fields left out),
 * from its OpenAPI schema of release 0.3.285 (`_view/inspect-openapi.json`); older releases leave more fields out.
 * Integers beyond 2^53 are decimal strings.
 */

export type * from './records/values.ts'
export type * from './records/models.ts'
export type * from './records/scores.ts'
export type * from './records/events.ts'
export type * from './records/samples.ts'
export type * from './records/logs.ts'
