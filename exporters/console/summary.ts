import type { Outcome, Sample } from './sample.ts'
import type { ScorerTally, Tally, TaskTally } from './tally.ts'
import { counted, cut, formatCount, formatDuration, type Paint } from './text.ts'
import { waterfall } from './waterfall.ts'

/** What is left on the screen when all is done: each task in a few lines, then the slowest sample. */
export function summary(tally: Tally, columns: number, paint: Paint): string[] {
  const lines = tally.tasks.flatMap((task) => ['', ...taskLines(task, columns, paint)])
  const { slowest } = tally
  if (!slowest) return []
  return [...lines, '', slowestTitle(slowest, columns, paint), '', ...waterfall(slowest.steps, columns, paint), '']
}

/** `5 success · 1 error`. */
export function outcomeText(outcomes: ReadonlyMap<Outcome, number>, paint: Paint): string {
  return (['success', 'limit', 'error', 'cancelled'] as const)
    .filter((outcome) => outcomes.has(outcome))
    .map((outcome) => paint(outcomeStyles[outcome], `${formatCount(outcomes.get(outcome)!)} ${outcome}`))
    .join(' · ')
}

const outcomeStyles = { success: 'green', limit: 'yellow', error: 'red', cancelled: 'yellow' } as const

function taskLines(task: TaskTally, columns: number, paint: Paint): string[] {
  const name = cut(task.task, Math.floor(columns / 2))
  const model = cut(task.model, columns - Math.floor(columns / 2) - 2)
  const { usage } = task
  return [
    paint('bold', name) + (model && `  ${model}`),
    `  samples  ${formatCount(task.samples)}: ${outcomeText(task.outcomes, paint)}${retried(task)}`,
    ...[...task.scorers].map(([scorer, results], index) =>
      cut(`  ${(index === 0 ? 'scores' : '').padEnd(9)}${scorer}  ${scoreText(results)}`, columns),
    ),
    `  tokens   ${formatCount(usage.inputTokens)} in, ${formatCount(usage.outputTokens)} out`,
    ...(usage.retries > 0
      ? [`  retries  ${counted(usage.retries, 'model call')} tried again, ${formatDuration(usage.waited)} of waiting`]
      : []),
    ...(usage.failedSteps > 0 ? [`  errors   ${counted(usage.failedSteps, 'failed span')} within samples`] : []),
  ]
}

function retried(task: TaskTally): string {
  return task.retriedSamples > 0 ? ` (${formatCount(task.retriedSamples)} took more than one attempt)` : ''
}

function scoreText(results: ScorerTally): string {
  if (results.mean !== undefined) return `mean ${Number(results.mean.toFixed(3))} of ${formatCount(results.count)}`
  return results.labels.map(([label, count]) => `${label} ${formatCount(count)}`).join(', ')
}

function slowestTitle(sample: Sample, columns: number, paint: Paint): string {
  const details = [
    ...(sample.id === '' ? [] : [cut(sample.id, Math.floor(columns / 3))]),
    ...(sample.epoch === 1 ? [] : [`epoch ${sample.epoch}`]),
    formatDuration(sample.duration),
    sample.outcome === 'limit' && sample.limit !== undefined ? `${sample.limit} limit` : sample.outcome,
    ...(sample.attempts > 1 ? [counted(sample.attempts, 'attempt')] : []),
  ]
  return `${paint('bold', 'Slowest sample')}  ${details.join(' · ')}`
}
