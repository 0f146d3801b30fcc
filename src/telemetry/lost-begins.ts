import type { EvalError, SpanBeginEvent } from '../inspect/records.ts'

/** What the last model call of an attempt was part of: `inScorer` when a scorer raised, and its begin is not known. */
export interface LostWithin {
  /** Names of the plan's solvers. */
  readonly solvers: readonly string[]
  readonly inScorer: boolean
}

/**
 * Of a retried attempt a log keeps what followed its last model call: ends of spans whose begins are gone. Their ids are
 * those of the live run, and they end from the inside to the outside: the last one is `solvers`, or `scorers`, the one
 * before it a solver of the plan, or a scorer; of those within, nothing but the id is known.
 */
export function lostBegins(
  ids: readonly string[],
  { solvers, inScorer }: LostWithin,
): { readonly begin: SpanBeginEvent; readonly parent: string | undefined }[] {
  const solver = solvers.length === 1 ? solvers[0]! : 'solver'
  const outer = inScorer ? ['scorers', 'scorers'] : ['solvers', 'solvers']
  const inner = inScorer ? ['scorer', 'scorer'] : ['solver', solver]
  return ids.map((id, index) => {
    const depth = ids.length - 1 - index
    const [type, name] = depth === 0 ? outer : depth === 1 ? inner : ['span', 'span']
    return { begin: { event: 'span_begin', id, type, name: name!, timestamp: '' }, parent: ids[index + 1] }
  })
}

/** Where Inspect calls a scorer (`_eval/task/run.py`). */
export function raisedByScorer(error: EvalError | undefined): boolean {
  return error?.traceback !== undefined && /^ +(?:score_result = )?await scorer\(/m.test(error.traceback)
}
