import { hash } from 'node:crypto'

/** Part of every id: another version of the rules gives other ids. */
const version = 'evalspan/1'

/** Ids are computed from the evaluation's own ids, so that a replay or another process lands on the same object. */
function digest(parts: readonly string[]): string {
  return hash('sha256', `${version}|${parts.join('|')}`, 'hex')
}

function notZero(id: string): string {
  return /^0+$/.test(id) ? `${id.slice(1)}1` : id
}

/** The trace of a run: `eval_set_id` if there is one, else `run_id`. */
export function runTraceId(id: string): string {
  return notZero(digest(['run', id]).slice(0, 32))
}

/** The trace of a sample: its uuid, or for logs older than uuids the eval's id, the sample's id and the epoch. */
export function sampleTraceId(...key: readonly string[]): string {
  return notZero(digest(['sample', ...key]).slice(0, 32))
}

/** The span of an object in a trace; `kind` and `key` tell it from all others there. */
export function spanId(traceId: string, kind: string, key: string): string {
  return notZero(digest([traceId, kind, key]).slice(0, 16))
}
