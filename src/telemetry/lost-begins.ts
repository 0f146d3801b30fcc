import type { SpanBeginEvent } from '../inspect/records.ts'

/**
 * Of a retried attempt a log keeps what followed its last model call: ends of spans whose begins are gone. Their ids are
 * those of the live run, and they end from the inside to the outside: the last one is `solvers`, the one before it a
 * solver of the plan; of those within, nothing but the id is known.
 */
export function lostBegins(
  ids: readonly string[],
  solvers: readonly string[],
): { readonly begin: SpanBeginEvent; readonly parent: string | undefined }[] {
  const solver = solvers.length === 1 ? solvers[0]! : 'solver'
  return ids.map((id, index) => {
    const depth = ids.length - 1 - index
    const [type, name] = depth === 0 ? ['solvers', 'solvers'] : depth === 1 ? ['solver', solver] : ['span', 'span']
    return { begin: { event: 'span_begin', id, type, name, timestamp: '' }, parent: ids[index + 1] }
  })
}
