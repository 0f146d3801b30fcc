import type { ErrorSnapshot } from './snapshot.ts'

const mostKinds = 20

/** The errors that came last, those of one kind in one task together. */
export class RecentErrors {
  readonly #byKey = new Map<string, { readonly runId: string | undefined; readonly error: ErrorSnapshot }>()

  add(runId: string | undefined, taskId: string | undefined, error: Omit<ErrorSnapshot, 'count'>): void {
    const key = JSON.stringify([runId, taskId, error.kind, error.type, error.status])
    const count = (this.#byKey.get(key)?.error.count ?? 0) + 1
    this.#byKey.delete(key)
    this.#byKey.set(key, { runId, error: { ...error, count } })
    if (this.#byKey.size > mostKinds) this.#byKey.delete([...this.#byKey.keys()][0]!)
  }

  forget(runId: string): void {
    for (const [key, entry] of this.#byKey) if (entry.runId === runId) this.#byKey.delete(key)
  }

  /** Newest first. */
  list(): ErrorSnapshot[] {
    return [...this.#byKey.values()].map(({ error }) => error).toReversed()
  }
}
