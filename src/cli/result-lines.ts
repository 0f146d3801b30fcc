import { relative } from 'node:path'
import type { EvalResults } from '../inspect/records.ts'
import { plainText } from '../plain-text.ts'
import type { LoggedEval } from '../runner/run/run-context.ts'
import { ownFrame } from './stack-frame.ts'

/** What the tasks of a run came to: a line for each, its metrics, and where its log is. */
export function resultLines(logs: readonly LoggedEval[], cwd: string): string[] {
  return logs.flatMap((log) => {
    const { status, results, location } = log
    const { task, model } = log.eval
    const path = relative(cwd, location)
    return [
      '',
      `${task}  ${model}  ${status}`,
      ...scoreLines(results?.scores ?? []),
      ...errorLines(log, cwd),
      `  log  ${path.startsWith('..') ? location : path}`,
    ]
  })
}

/** Reducers are named where there is another than the mean. */
function scoreLines(scores: EvalResults['scores']): string[] {
  const isNamed = scores.some(({ reducer }) => reducer !== undefined && reducer !== 'mean')
  return scores.map(({ name, scorer, reducer, metrics }) => {
    // Of a score with several values each has a part of its own.
    const part = name === scorer ? name : `${scorer}/${name}`
    const values = Object.values(metrics).map((metric) => `${metric.name} ${numberText(metric.value)}`)
    return `  ${part}${isNamed && reducer !== undefined ? ` (${reducer})` : ''}  ${values.join(' · ')}`
  })
}

function errorLines({ error, endedBy, eval: { config } }: LoggedEval, cwd: string): string[] {
  if (!error) return []
  const epoch = Number(config.epochs ?? 1) > 1 ? `, epoch ${endedBy?.epoch}` : ''
  const place = endedBy ? `sample ${plainText(String(endedBy.id))}${epoch}: ` : ''
  const frame = ownFrame(error.traceback, cwd)
  return [`  ${place}${error.message}`, ...(frame === undefined ? [] : [`    ${frame}`])]
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3)
}
