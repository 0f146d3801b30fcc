/** Measurements of one run, by their unit: `ms`, `MB`. */
export type Measurements = Readonly<Record<string, number>>

/** One of the things that are compared. What `run` returns are its measurements; milliseconds it took, when nothing. */
export interface Contender {
  readonly name: string
  readonly run: () => number | void | Measurements | Promise<number | void | Measurements>
}

export interface MeasureOptions {
  /** What a single number is; `ms` when left out. */
  readonly unit?: string | undefined
  /** Measured runs of each contender. */
  readonly rounds: number
  /** Runs of each that are not counted. */
  readonly warmup?: number
}

/**
 * Measures a baseline and others against it, taking turns (A B A B …) so that a machine that slows down slows down
 * both, and prints medians, spread and the ratio to the baseline.
 */
export async function measure(
  title: string,
  baseline: Contender,
  others: readonly Contender[],
  { unit = 'ms', rounds, warmup = 1 }: MeasureOptions,
): Promise<void> {
  const contenders = [baseline, ...others].map((contender) => ({ contender, results: [] as Measurements[] }))
  for (let round = -warmup; round < rounds; round += 1) {
    for (const { contender, results } of contenders) {
      const result = await runOnce(contender, unit)
      if (round >= 0) {
        results.push(result)
      }
    }
  }

  console.log(`\n${title}: ${rounds === 1 ? 'one run' : `medians of ${rounds} runs, in turns`}`)
  const width = Math.max(...contenders.map(({ contender }) => contender.name.length))
  for (const each of Object.keys(contenders[0]!.results[0]!)) {
    const reference = median(contenders[0]!.results.map((result) => result[each]!))
    for (const { contender, results } of contenders) {
      const values = results.map((result) => result[each]!)
      const value = median(values)
      const spread = rounds === 1 ? '' : ` (${format(Math.min(...values))} to ${format(Math.max(...values))})`
      const ratio = contender === baseline ? 'baseline' : `${(value / reference).toFixed(2)} × baseline`
      console.log(`  ${contender.name.padEnd(width)}  ${format(value)} ${each}${spread}  ${ratio}`)
    }
  }
}

async function runOnce(contender: Contender, unit: string): Promise<Measurements> {
  globalThis.gc?.()
  const start = performance.now()
  const result = (await contender.run()) ?? performance.now() - start
  return typeof result === 'number' ? { [unit]: result } : result
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
