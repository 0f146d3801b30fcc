import type { EvalResults, EvalSampleReductions, HeadlineMetric, Json, Score } from '../../inspect/records.ts'
import type { Metrics, Reducer, SampleScore } from '../scorer/metric.ts'
import type { Scorer } from '../scorer/scorer.ts'
import { reduceEpochs } from './reduce-epochs.ts'
import { hasMetrics, scoreResults, type ScoreResult, type ScoreSource } from './score-results.ts'
import { accuracy } from '../scorer/metrics/accuracy.ts'
import { mean } from '../scorer/metrics/mean.ts'
import { stderr } from '../scorer/metrics/stderr.ts'
import { meanScore } from '../scorer/reducers/mean-score.ts'
import { uniqueScorerNames } from '../scorer/scorer-names.ts'

/** What is known of one epoch of a sample when it is over. */
export interface ScoredSample {
  readonly id: string | number
  readonly epoch: number
  /** By the scorers' names in the task; undefined when the sample did not come to its scoring. */
  readonly scores: { readonly [scorer: string]: Score } | undefined
  /** Of the sample in the dataset, for metrics by group. */
  readonly metadata?: { readonly [key: string]: Json } | undefined
  /** Whether it ended without an error. */
  readonly completed: boolean
}

export interface EvalResultsOptions {
  /** One item for each sample and epoch, in the order of the dataset, epoch by epoch. */
  readonly samples: readonly ScoredSample[]
  /** How many there were to be; those that there are when left out. */
  readonly totalSamples?: number | undefined
  readonly scorers: readonly Scorer[]
  /** Instead of the metrics of all scorers. */
  readonly metrics?: Metrics | undefined
  /** Undefined takes the mean without naming it; with none at all each epoch counts for itself. */
  readonly reducers?: readonly Reducer[] | undefined
}

/**
 * The results of an evaluation, and the scores that its metrics saw, as Inspect computes them. Scores that solvers set
 * themselves get results too. `results` is undefined when no sample came to its scoring.
 *
 * Throws an `EvalspanError` for scores that metrics or reducers cannot use, and whatever a metric throws.
 */
export function evalResults(options: EvalResultsOptions): {
  results: EvalResults | undefined
  reductions: readonly EvalSampleReductions[] | undefined
} {
  const samples = options.samples.filter(({ scores }) => scores !== undefined)
  if (samples.length === 0) return { results: undefined, reductions: undefined }
  const sources = scoreSources(options, samples)
  const parts = sources.map((source) => partOf(source, scoresOf(source.name, samples), options.reducers))
  const scores = parts.flatMap((part) => part.scores)
  const results: EvalResults = {
    total_samples: options.totalSamples ?? options.samples.length,
    completed_samples: options.samples.filter(({ completed }) => completed).length,
    scores: scores.map((score) => ({ ...score, metrics: Object.fromEntries(score.metrics) })),
    ...headlineOf(scores),
  }
  return { results, reductions: sources.length === 0 ? undefined : parts.flatMap((part) => part.reductions) }
}

/** What one scorer adds to the results: a part for each reducer, or one of all epochs as they are. */
function partOf(
  source: ScoreSource,
  scores: readonly SampleScore[],
  reducers: EvalResultsOptions['reducers'],
): { scores: ScoreResult[]; reductions: EvalSampleReductions[] } {
  if (reducers?.length === 0) return { scores: scoreResults(source, scores), reductions: [] }
  if (!hasMetrics(source.metrics)) return { scores: [], reductions: [] }
  const views = (reducers ?? [{ reduce: meanScore().reduce, name: undefined }]).map(({ reduce, name }) => ({
    name,
    scores: reduceEpochs(scores, reduce),
  }))
  return {
    scores: views.flatMap((view) => scoreResults(source, view.scores, view.name)),
    reductions: views.map((view) => reductionsOf(source.name, view.name, view.scores)),
  }
}

function scoreSources({ scorers, metrics }: EvalResultsOptions, samples: readonly ScoredSample[]): ScoreSource[] {
  const names = uniqueScorerNames(scorers)
  const own = scorers.map((scorer, index) => ({
    name: names[index]!,
    params: scorer.params,
    metrics: metrics ?? scorer.metrics,
  }))
  const others = new Set(samples.flatMap(({ scores }) => Object.keys(scores!))).difference(new Set(names))
  return [...own, ...[...others].map((name) => ({ name, params: {}, metrics: metrics ?? metricsOfName(name) }))]
}

/** For a score that no scorer made: those of Inspect's scorer of that name, if there is one. */
function metricsOfName(name: string): Metrics {
  return [name === 'f1' || name === 'exact' ? mean() : accuracy(), stderr()]
}

function scoresOf(name: string, samples: readonly ScoredSample[]): SampleScore[] {
  return samples.flatMap(({ id, scores, metadata }) => {
    const score = Object.hasOwn(scores!, name) ? scores![name] : undefined
    return score ? [{ sampleId: id, score, sampleMetadata: metadata }] : []
  })
}

function reductionsOf(
  scorer: string,
  reducer: string | undefined,
  scores: readonly SampleScore[],
): EvalSampleReductions {
  return {
    scorer,
    ...(reducer === undefined ? {} : { reducer }),
    samples: scores.map(({ score, sampleId }) => ({ ...score, sample_id: sampleId })),
  }
}

/** The first metric of the first score. */
function headlineOf(scores: readonly ScoreResult[]): { headline?: HeadlineMetric } {
  const [first] = scores
  const metric = first?.metrics.keys().next().value
  if (!first || metric === undefined) return {}
  const { scorer, name, reducer } = first
  return { headline: { scorer, score: name, metric, ...(reducer === undefined ? {} : { reducer }) } }
}
