import type { RunResult } from './worker-process.ts'

interface Counts {
  runs: number
  failed: number
  asBefore: number
  told: number
  expected: number
  kept: number
  exact: number
}

const none: Counts = { runs: 0, failed: 0, asBefore: 0, told: 0, expected: 0, kept: 0, exact: 0 }

/** Counts runs by kind, and shows how far they are. */
export class Tally {
  readonly #total: number
  readonly #kinds = new Map<string, Counts>()
  readonly #start = performance.now()
  #lastShown = performance.now()
  #runs = 0
  #slowest = 0
  #slowestIndex = 0
  #largest = 0
  failed = 0

  constructor(total: number) {
    this.#total = total
  }

  add({ index, kind, failures, verdict, milliseconds, megabytes }: RunResult): void {
    const counts = this.#kinds.get(kind) ?? { ...none }
    this.#kinds.set(kind, counts)
    this.#runs += 1
    counts.runs += 1
    if (failures.length > 0) {
      this.failed += 1
      counts.failed += 1
    }
    if (verdict?.outcome === 'as before') counts.asBefore += 1
    if (verdict?.outcome === 'problem told') counts.told += 1
    counts.expected += verdict?.expected ?? 0
    counts.kept += verdict?.kept ?? 0
    counts.exact += verdict?.exact ?? 0
    if (milliseconds > this.#slowest) {
      this.#slowest = milliseconds
      this.#slowestIndex = index
    }
    this.#largest = Math.max(this.#largest, megabytes)
    if (performance.now() - this.#lastShown < 10_000) return
    this.#lastShown = performance.now()
    console.log(`${this.#runs} of ${this.#total} runs, ${this.failed} failed`)
  }

  summary(): string {
    const rows = [...this.#kinds].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const sum = { ...none }
    for (const [, counts] of rows) for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name]
    const seconds = (performance.now() - this.#start) / 1000
    return [
      '',
      row('kind', 'runs', 'as before', 'told', 'samples', 'there', 'as before', 'failed'),
      ...[...rows, ['all', sum] as const].map(([kind, { runs, asBefore, told, expected, kept, exact, failed }]) =>
        row(kind, runs, asBefore, told, expected, kept, exact, failed),
      ),
      '',
      `${this.#runs} runs in ${seconds.toFixed(0)} s; the slowest (${this.#slowestIndex}) took ${this.#slowest.toFixed(0)} ms, the largest ` +
        `${this.#largest.toFixed(0)} MB; ${this.failed} failed`,
    ].join('\n')
  }
}

function row(kind: string, ...cells: readonly (string | number)[]): string {
  return kind.padEnd(26) + cells.map((cell) => String(cell).padStart(10)).join('')
}
