import type { EvalspanError } from '../../errors.ts'

/**
 * What is wrong with logs and folders. A file that is still being copied looks damaged, so nothing is said of one before
 * it has been left alone for a while, and then once.
 */
export class Troubles {
  readonly #onProblem: (error: EvalspanError) => void
  readonly #quietMs: number
  readonly #waiting = new Map<string, { modifiedMs: number; readonly problems: Map<string, EvalspanError> }>()
  readonly #told = new Map<string, Set<string>>()

  constructor(onProblem: (error: EvalspanError) => void, quietMs: number) {
    this.#onProblem = onProblem
    this.#quietMs = quietMs
  }

  /** In the state that it has since then this is wrong with it, and nothing else. */
  settle(path: string, modifiedMs: number, problems: readonly EvalspanError[]): void {
    this.#waiting.delete(path)
    for (const problem of problems) this.add(path, modifiedMs, problem)
  }

  add(path: string, modifiedMs: number, problem: EvalspanError): void {
    if (this.#told.get(path)?.has(problem.message)) return
    const waiting = this.#waiting.get(path) ?? { modifiedMs, problems: new Map<string, EvalspanError>() }
    waiting.modifiedMs = modifiedMs
    waiting.problems.set(problem.message, problem)
    this.#waiting.set(path, waiting)
  }

  forget(path: string): void {
    this.#waiting.delete(path)
    this.#told.delete(path)
  }

  /** Of those that have been left alone. */
  tell(nowMs: number): void {
    for (const [path, { modifiedMs, problems }] of this.#waiting) {
      if (nowMs - modifiedMs < this.#quietMs) continue
      this.#waiting.delete(path)
      const told = this.#told.get(path) ?? new Set()
      this.#told.set(path, told)
      for (const [message, problem] of problems) {
        told.add(message)
        this.#onProblem(problem)
      }
    }
  }
}
