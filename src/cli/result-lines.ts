import { relative } from 'node:path'
import type { LoggedEval } from '../runner/run-context.ts'

/** What the tasks of a run came to: a line for each, its metrics, and where its log is. */
export function resultLines(logs: readonly LoggedEval[], cwd: string): string[] {
  return logs.flatMap(({ eval: { task, model }, status, results, error, location }) => {
    const scores = (results?.scores ?? []).flatMap(({ name, reducer, metrics }) => {
      const reduced = reducer === undefined || reducer === 'mean' ? name : `${name} (${reducer})`
      return `  ${reduced}  ${Object.values(metrics)
        .map((metric) => `${metric.name} ${numberText(metric.value)}`)
        .join(' · ')}`
    })
    const failure = error ? [`  ${error.message}`] : []
    const path = relative(cwd, location)
    return [
      '',
      `${task}  ${model}  ${status}`,
      ...scores,
      ...failure,
      `  log  ${path.startsWith('..') ? location : path}`,
    ]
  })
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3)
}
