import { plainText } from '../../src/exporter.ts'
import type { Outcome, Sample } from './sample.ts'
import type { ScorerTally, Tally, TaskTally } from './tally.ts'
import { costText, counted, cut, formatCount, formatDuration, type Paint } from './text.ts'
import { waterfall } from './waterfall.ts'

/** Pages for people, by trace. */
export type Links = ReadonlyMap<string, readonly string[]>

/**
 * What is left on the screen when all is done: each task in a few lines, then the slowest sample, then where to look at
 * the failed ones.
 */
export function summary(tally: Tally, links: Links, columns: number, paint: Paint): string[] {
  const lines = tally.tasks.flatMap((task) => ['', ...taskLines(task, columns, paint)])
  const { slowest } = tally
  if (!slowest) return []
  const title = `${paint('bold', 'Slowest sample')}  ${detailsOf(slowest, columns)}`
  return [
    ...lines,
    '',
    title,
    ...linkLines(slowest, links),
    '',
    ...waterfall(slowest.steps, columns, paint),
    '',
    ...failedLines(tally, links, columns, paint),
  ]
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
    `  samples  ${samplesText(task, paint)}${retried(task)}`,
    ...[...task.scorers].map(([scorer, results], index) =>
      cut(`  ${(index === 0 ? 'scores' : '').padEnd(9)}${scorer}  ${scoreText(results)}`, columns),
    ),
    `  tokens   ${formatCount(usage.inputTokens)} in, ${formatCount(usage.outputTokens)} out${costText(usage.cost)}`,
    ...(usage.retries > 0
      ? [`  retries  ${counted(usage.retries, 'model call')} tried again, ${formatDuration(usage.waited)} of waiting`]
      : []),
    ...(usage.failedSteps > 0 ? [`  errors   ${counted(usage.failedSteps, 'failed span')} within samples`] : []),
  ]
}

function samplesText({ samples, reused, outcomes }: TaskTally, paint: Paint): string {
  const count = reused > 0 ? `${formatCount(samples)} now, ${formatCount(reused)} from before` : formatCount(samples)
  return samples > 0 ? `${count}: ${outcomeText(outcomes, paint)}` : count
}

function retried(task: TaskTally): string {
  return task.retriedSamples > 0 ? ` (${formatCount(task.retriedSamples)} took more than one attempt)` : ''
}

function scoreText(results: ScorerTally): string {
  if (results.mean !== undefined) return `mean ${Number(results.mean.toFixed(3))} of ${formatCount(results.count)}`
  return results.labels.map(([label, count]) => `${label} ${formatCount(count)}`).join(', ')
}

/** Only with links: how many samples failed is said above. */
function failedLines({ failed, outcomes }: Tally, links: Links, columns: number, paint: Paint): string[] {
  const linked = failed.filter(({ trace }) => links.get(trace)?.length)
  if (linked.length === 0) return []
  const rest = (outcomes.get('error') ?? 0) - failed.length
  return [
    paint('bold', 'Failed samples'),
    ...linked.flatMap((sample) => [`  ${detailsOf(sample, columns)}`, ...linkLines(sample, links, '  ')]),
    ...(rest > 0 ? [paint('dim', `  … ${formatCount(rest)} more`)] : []),
    '',
  ]
}

/** Each on a line of its own and never cut, so that a terminal makes it something to click on. */
function linkLines({ trace }: Sample, links: Links, indent = ''): string[] {
  return (links.get(trace) ?? []).map((link) => indent + plainText(link))
}

function detailsOf(sample: Sample, columns: number): string {
  const details = [
    ...(sample.id === '' ? [] : [cut(sample.id, Math.floor(columns / 3))]),
    ...(sample.epoch === 1 ? [] : [`epoch ${sample.epoch}`]),
    formatDuration(sample.duration),
    sample.outcome === 'limit' && sample.limit !== undefined ? `${sample.limit} limit` : sample.outcome,
    ...(sample.attempts > 1 ? [counted(sample.attempts, 'attempt')] : []),
  ]
  return details.join(' · ')
}
