/** One of the things that are compared. What `run` returns is its measurement; milliseconds it took, when nothing. */
export interface Contender {
  readonly name: string
  readonly run: () => number | void | Promise<number | void>
}

export interface MeasureOptions {
  /** What the numbers are: `ms`, `MB`. */
  readonly unit: string
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
  { unit, rounds, warmup = 1 }: MeasureOptions,
): Promise<void> {
  const contenders = [baseline, ...others].map((contender) => ({ contender, results: [] as number[] }))
  for (let round = -warmup; round < rounds; round += 1) {
    for (const { contender, results } of contenders) {
      const result = await runOnce(contender)
      if (round >= 0) {
        results.push(result)
      }
    }
  }

  console.log(`\n${title}: medians of ${rounds} runs, in turns`)
  const width = Math.max(...contenders.map(({ contender }) => contender.name.length))
  const reference = median(contenders[0]!.results)
  for (const { contender, results } of contenders) {
    const value = median(results)
    const spread = `${format(Math.min(...results))} to ${format(Math.max(...results))}`
    const ratio = contender === baseline ? 'baseline' : `${(value / reference).toFixed(2)} × baseline`
    console.log(`  ${contender.name.padEnd(width)}  ${format(value)} ${unit} (${spread})  ${ratio}`)
  }
}

async function runOnce(contender: Contender): Promise<number> {
  globalThis.gc?.()
  const start = performance.now()
  const result = await contender.run()
  return result ?? performance.now() - start
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
