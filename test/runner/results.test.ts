import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from '../../src/inspect/json.ts'
import type { Json } from '../../src/inspect/records.ts'
import { evalResults, type ScoredSample } from '../../src/runner/results/eval-results.ts'
import type { Metric, Metrics } from '../../src/runner/scorer/metric.ts'
import { accuracy } from '../../src/runner/scorer/metrics/accuracy.ts'
import { mean } from '../../src/runner/scorer/metrics/mean.ts'
import { grouped } from '../../src/runner/scorer/metrics/grouped.ts'
import { std } from '../../src/runner/scorer/metrics/std.ts'
import { stderr } from '../../src/runner/scorer/metrics/stderr.ts'
import { variance } from '../../src/runner/scorer/metrics/variance.ts'
import { parseReducer } from '../../src/runner/scorer/reducers/resolve-reducers.ts'
import { scorer } from '../../src/runner/scorer/scorer.ts'
import { expectClose } from './expect-close.ts'

// From Inspect itself: `results.py` beside the file has it compute them, and says what the cases are. With a seed and a
// count it makes others, for RESULTS_FIXTURE.
const file = process.env['RESULTS_FIXTURE'] ?? new URL('../fixtures/runner/results.json', import.meta.url)
const cases = parse(readFileSync(file, 'utf8')) as readonly Case[]

type MetricSpec =
  | string
  | { readonly cluster?: string }
  | {
      readonly group: string
      readonly metric: MetricSpec
      readonly all?: 'samples' | 'groups' | false
      readonly all_label?: string
      readonly name_template?: string
    }
type KeysSpec = { readonly [key: string]: readonly MetricSpec[] }
type MetricsSpec = readonly (MetricSpec | { readonly keys: KeysSpec })[] | KeysSpec

interface Case {
  readonly samples: readonly (Omit<ScoredSample, 'completed'> & { readonly completed?: boolean })[]
  readonly scorers: readonly {
    readonly name: string
    readonly metrics: MetricsSpec
    readonly params?: { readonly [name: string]: Json }
  }[]
  readonly metrics?: MetricsSpec
  readonly reducers?: readonly string[] | null
  readonly expected: { readonly error: string } | { readonly results: unknown; readonly reductions: unknown }
}

const own = (name: string, compute: Metric['compute']): Metric => ({ name, params: {}, compute })
const plain: { readonly [name: string]: () => Metric } = {
  accuracy,
  mean,
  std,
  var: variance,
  extremes: () => own('extremes', (scores) => extremesOf(scores.map(({ score }) => Number(score.value)))),
  counts: () => own('counts', (scores) => ({ n: scores.length, mean2: 7 })),
  sparse: () => own('sparse', (scores) => ({ n: scores.length, none: null })),
}

function extremesOf(values: readonly number[]): number[] {
  if (values.length === 0) throw new Error('there are none')
  return [Math.min(...values), Math.max(...values)]
}

function toMetric(spec: MetricSpec): Metric {
  if (typeof spec === 'string') return plain[spec]!()
  if (!('group' in spec)) return stderr(spec)
  return grouped(toMetric(spec.metric), spec.group, {
    all: spec.all,
    allLabel: spec.all_label,
    nameTemplate: spec.name_template,
  })
}

function toMetrics(spec: MetricsSpec): Metrics {
  if (!isList(spec)) return byKey(spec)
  return spec.map((each) => (typeof each === 'object' && 'keys' in each ? byKey(each.keys) : toMetric(each)))
}

function byKey(spec: KeysSpec): { [key: string]: Metric[] } {
  return Object.fromEntries(Object.entries(spec).map(([key, list]) => [key, list.map(toMetric)]))
}

function isList(spec: MetricsSpec): spec is Extract<MetricsSpec, readonly unknown[]> {
  return Array.isArray(spec)
}

function resultsOf({ samples, scorers, metrics, reducers }: Case): ReturnType<typeof evalResults> {
  return evalResults({
    samples: samples.map((sample) => ({ completed: true, ...sample })),
    scorers: scorers.map(({ name, metrics: theirs, params }) =>
      scorer(name, { metrics: toMetrics(theirs), params }, () => undefined),
    ),
    metrics: metrics && toMetrics(metrics),
    reducers: reducers?.map(parseReducer),
  })
}

test.each(cases.map((each, index) => [index, each] as const))('computes what Inspect computes, case %i', (_, each) => {
  const { expected } = each
  if ('error' in expected) {
    expect(() => resultsOf(each)).toThrow()
    return
  }
  const { results, reductions } = resultsOf(each)
  expectClose({ results, reductions: reductions ?? null }, expected)
})

test('gives no results when no sample came to its scoring', () => {
  const samples: ScoredSample[] = [{ id: 1, epoch: 1, scores: undefined, completed: false }]
  expect(evalResults({ samples, scorers: [] })).toEqual({ results: undefined, reductions: undefined })
})

test('counts the samples that were to be, also when some never began', () => {
  const samples: ScoredSample[] = [{ id: 1, epoch: 1, scores: {}, completed: true }]
  expect(evalResults({ samples, totalSamples: 9, scorers: [] }).results).toEqual({
    total_samples: 9,
    completed_samples: 1,
    scores: [],
  })
})
