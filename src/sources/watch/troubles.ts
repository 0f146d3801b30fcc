import type { EvalspanError } from '../../errors.ts'
import type { ListedFile } from '../../files/store.ts'

/**
 * What is wrong with logs. A file that is still being copied looks damaged, so nothing is said of one before it has been
 * left alone for a while, and then once.
 */
export class Troubles {
  readonly #onProblem: (error: EvalspanError) => void
  readonly #quietMs: number
  readonly #waiting = new Map<string, { readonly modifiedMs: number; readonly problems: readonly EvalspanError[] }>()

  constructor(onProblem: (error: EvalspanError) => void, quietMs: number) {
    this.#onProblem = onProblem
    this.#quietMs = quietMs
  }

  add(file: ListedFile, problem: EvalspanError): void {
    this.settle(file, [problem])
  }

  /** In its present state this is wrong with it, and nothing else. */
  settle({ path, modifiedMs = 0 }: ListedFile, problems: readonly EvalspanError[]): void {
    if (problems.length > 0) this.#waiting.set(path, { modifiedMs, problems })
    else this.#waiting.delete(path)
  }

  forget(path: string): void {
    this.#waiting.delete(path)
  }

  /** Of those that have been left alone. */
  tell(nowMs: number): void {
    for (const [path, { modifiedMs, problems }] of this.#waiting) {
      if (nowMs - modifiedMs < this.#quietMs) continue
      this.#waiting.delete(path)
      for (const problem of problems) this.#onProblem(problem)
    }
  }
}
