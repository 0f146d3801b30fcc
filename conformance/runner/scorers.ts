import { setTimeout as wait } from 'node:timers/promises'
import {
  accuracy,
  choice,
  exact,
  f1,
  includes,
  match,
  mean,
  modelGradedFact,
  modelGradedQa,
  pattern,
  scorer,
  std,
  stderr,
  variance,
  type Metric,
  type Metrics,
  type Score,
  type Scorer,
} from '../../src/index.ts'
import type { ScenarioMetrics, ScenarioScorer } from '../format/scorers.ts'
import { camel } from './camel.ts'
import { failTimes } from './errors.ts'
import { modelOf } from './models.ts'
import { callModel } from './solvers.ts'

/** The scorers of scenarios. `key` tells them from others. */
export function makeScorers(scorers: readonly ScenarioScorer[], key: string): Scorer[] {
  return scorers.map((said, index) => {
    const [kind] = Object.keys(said) as [keyof ScenarioScorer]
    return (makers[kind] as (said: unknown, key: string) => Scorer)(said[kind], `${key}.${index}`)
  })
}

type Said<K extends keyof ScenarioScorer> = NonNullable<ScenarioScorer[K]>

const makers: { readonly [K in keyof ScenarioScorer]-?: (said: Said<K>, key: string) => Scorer } = {
  choice: () => choice(),
  match: (said) => match(camel(said)),
  includes: (said) => includes(camel(said)),
  exact: () => exact(),
  f1: () => f1(),
  pattern: ({ pattern: expression, ...said }) => pattern(expression, camel(said)),
  model_graded_qa: (said) => modelGradedQa(grading(said)),
  model_graded_fact: (said) => modelGradedFact(grading(said)),
  fixed: ({ name = 'fixed', value, by_sample: bySample = {}, scores = {}, metrics = ['mean'], ...more }) =>
    scorer(name, { metrics: makeMetrics(metrics) }, ({ sampleId }) => {
      if (Object.hasOwn(scores, String(sampleId))) return scores[String(sampleId)] as unknown as Score
      const given = Object.hasOwn(bySample, String(sampleId)) ? bySample[String(sampleId)] : value
      if (given === undefined || given === null) return undefined
      return { value: given, ...more } as Score
    }),
  fail: ({ name = 'fail', ...said }, key) =>
    scorer(name, { metrics: [mean()] }, () => {
      failTimes(key, said)
      return { value: 1 }
    }),
  slow: ({ seconds }) =>
    scorer('slow', { metrics: [mean()] }, async () => {
      await wait(seconds * 1000)
      return { value: 1 }
    }),
  call_model: (said) =>
    scorer('call_model', { metrics: [accuracy()] }, async () => ({ value: (await callModel(said)).completion ?? '' })),
}

function grading({ model, partial_credit: partialCredit }: Said<'model_graded_qa'>) {
  return { partialCredit, ...(model !== undefined && { model: modelOf(model) }) }
}

const metricsByName: { readonly [name: string]: () => Metric } = { accuracy, mean, stderr, std, var: variance }

export function makeMetrics(said: ScenarioMetrics): Metrics {
  const named = (names: readonly string[]): Metric[] => names.map((name) => metricsByName[name]!())
  const byKey = (keys: { readonly [key: string]: readonly string[] }) =>
    Object.fromEntries(Object.entries(keys).map(([key, names]) => [key, named(names)]))
  if (!Array.isArray(said)) return byKey(said)
  return said.map((each) => (typeof each === 'string' ? named([each])[0]! : byKey(each)))
}
