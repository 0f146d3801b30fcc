import { lineOf, safely, type Report } from './report.ts'

const maximumKinds = 1000

/**
 * Reports what hooks do wrong without flooding: the same failure of the same method is reported the 1st, 10th, 100th …
 * time it happens.
 */
export class Failures {
  readonly #report: Report
  readonly #counts = new Map<string, number>()

  constructor(report: Report) {
    this.#report = safely(report)
  }

  add(hook: string, method: string, error: unknown): void {
    const message = `hook '${hook}' failed in ${method}: ${lineOf(error)}`
    const count = (this.#counts.get(message) ?? 0) + 1
    // Messages with an id in them would otherwise add up for as long as the process lives.
    if (count === 1 && this.#counts.size >= maximumKinds) this.#counts.delete(this.#counts.keys().next().value!)
    this.#counts.set(message, count)
    if (count === 1) this.#report(message)
    else if (isPowerOfTen(count)) this.#report(`${message} (${count} times)`)
  }
}

function isPowerOfTen(count: number): boolean {
  return /^10*$/.test(String(count))
}
