import { RecentMap } from './recent-map.ts'

export interface OpenCall {
  readonly model: string
  /** Milliseconds since 1970; null when it is not known which of several calls it is. */
  readonly since: number | null
}

const mostAttempts = 5000
const mostCallsOfAttempt = 100

/**
 * The model calls of one task that are not answered yet. The hook before a call names no sample but an id that is new for
 * each attempt; which sample that is shows when the call's event comes, by the id of the last message that both have.
 */
export class OpenCalls {
  /** By the attempt's own id, then by the last message. */
  readonly #open = new RecentMap<string, RecentMap<string, OpenCall & { readonly since: number }>>(mostAttempts)
  readonly #attemptOf = new Map<string, string>()
  readonly #known = new Set<string>()
  /** Samples with an attempt under way whose own id is not known. */
  readonly #unknown = new Set<string>()
  /** False once there were calls that could not be told apart. */
  #isClear = true

  attemptStarted(sample: string): void {
    this.attemptEnded(sample)
    this.#unknown.add(sample)
  }

  attemptEnded(sample: string): void {
    const attempt = this.#attemptOf.get(sample)
    // What it had open stays open for ever, and would be taken for somebody else's.
    if (this.#unknown.delete(sample) && this.#open.size > this.#known.size) this.#isClear = false
    if (attempt === undefined) return
    this.#attemptOf.delete(sample)
    this.#known.delete(attempt)
    this.#open.delete(attempt)
  }

  begin(attempt: string, message: string | undefined, call: OpenCall & { readonly since: number }): void {
    if (message === undefined) {
      this.#isClear = false
      return
    }
    const calls = this.#open.get(attempt) ?? new RecentMap(mostCallsOfAttempt)
    calls.delete(message)
    calls.set(message, call)
    this.#open.set(attempt, calls)
  }

  /** To be told once for each call, answered or failed. */
  end(sample: string, message: string | undefined): void {
    if (message === undefined) return
    if (this.#unknown.has(sample)) this.#learn(sample, message)
    const attempt = this.#attemptOf.get(sample)
    if (attempt !== undefined) this.#open.get(attempt)?.delete(message)
  }

  /** The call that a sample began last. When each sample that could have one has one, the times alone are unknown. */
  of(sample: string): OpenCall | undefined {
    const attempt = this.#attemptOf.get(sample)
    if (attempt !== undefined) return [...(this.#open.get(attempt)?.values() ?? [])].at(-1)
    return this.#isClear && this.#unknown.has(sample) ? this.#sharedCall() : undefined
  }

  clear(): void {
    this.#open.clear()
    this.#attemptOf.clear()
    this.#known.clear()
    this.#unknown.clear()
  }

  #learn(sample: string, message: string): void {
    const candidates = [...this.#open].filter(([attempt, calls]) => !this.#known.has(attempt) && calls.has(message))
    const attempt = candidates.length === 1 ? candidates[0]![0] : undefined
    if (attempt === undefined) {
      if (this.#open.size > 0) this.#isClear = false
      return
    }
    this.#unknown.delete(sample)
    this.#attemptOf.set(sample, attempt)
    this.#known.add(attempt)
  }

  #sharedCall(): OpenCall | undefined {
    const calls = [...this.#open].flatMap(([attempt, open]) => {
      const last = this.#known.has(attempt) ? undefined : [...open.values()].at(-1)
      return last ? [last] : []
    })
    if (calls.length === 0 || calls.length < this.#unknown.size) return undefined
    const [{ model, since }] = calls as [OpenCall]
    if (!calls.every((call) => call.model === model)) return undefined
    return { model, since: calls.length === 1 ? since : null }
  }
}
