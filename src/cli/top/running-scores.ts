import type { EvalResults, Score } from '../../inspect/records.ts'
import { resultOf, scalarsOf } from '../../telemetry/score-values.ts'
import { shortName } from './short-name.ts'
import type { TaskSnapshot } from './snapshot.ts'

const mostScores = 10

/** What the finished samples of a task were scored so far. */
export class RunningScores {
  readonly #byName = new Map<string, { sum: number; numbers: number; samples: number }>()

  add(scores: { readonly [name: string]: Score } | undefined): void {
    for (const [scorer, score] of Object.entries(scores ?? {})) {
      for (const { name, value } of scalarsOf(scorer, score.value)) {
        const key = name.slice(0, 200)
        const tally = this.#byName.get(key) ?? { sum: 0, numbers: 0, samples: 0 }
        if (this.#byName.size >= mostScores && !this.#byName.has(key)) continue
        const number = resultOf(value).value
        tally.samples += 1
        if (number !== undefined) {
          tally.numbers += 1
          tally.sum += number
        }
        this.#byName.set(key, tally)
      }
    }
  }

  /** One that is no number, or is unscored, leaves its scorer without a mean. */
  list(): TaskSnapshot['scores'] {
    return [...this.#byName].map(([name, { sum, numbers, samples }]) => ({
      name,
      mean: numbers === samples ? sum / samples : null,
      samples,
    }))
  }
}

/** The metric that says the most: the one the task itself names, else its first. */
export function headlineOf(results: EvalResults | undefined): TaskSnapshot['metric'] {
  const { headline, scores = [] } = results ?? {}
  const score = scores.find((each) => each.name === headline?.score) ?? scores[0]
  const metrics = Object.values(score?.metrics ?? {})
  const metric = metrics.find((each) => each.name === headline?.metric) ?? metrics[0]
  return metric && Number.isFinite(metric.value) ? { name: shortName(metric.name) ?? '', value: metric.value } : null
}
