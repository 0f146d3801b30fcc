import type { Paint, Style } from '../../../exporters/console/text.ts'
import { plainText } from '../../plain-text.ts'
import { formatNumber } from '../quantity.ts'
import { columnLines, type Cell, type Column } from './columns.ts'
import type { BoardSnapshot, RunSnapshot, TaskSnapshot, TaskState } from './snapshot.ts'
import { compactNumber, dollars, lasting, scoreNumber, unknown } from './texts.ts'

const columnsOfTasks: readonly Column[] = [
  { title: 'task' },
  { priority: 6 },
  { title: 'samples', align: 'right', priority: 8 },
  { title: 'in flight', align: 'right', priority: 3 },
  { title: 'failed', align: 'right', priority: 5 },
  { title: 'score', priority: 4 },
  { title: 'tokens', align: 'right', priority: 2 },
  { title: 'cost', align: 'right', priority: 1 },
  { title: 'time', align: 'right', priority: 7 },
]

/** A run that says nothing for so long may be gone; an event that ends it would have come. */
const quietMs = 120_000

/** A line for each task, those that run first, then what ended last; what has no room is counted. */
export function taskLines({ tasks, runs, time }: BoardSnapshot, rows: number, columns: number, paint: Paint): string[] {
  if (tasks.length === 0) return []
  const running = tasks.filter(({ state }) => state === 'running')
  const ended = tasks.filter(({ state }) => state !== 'running').toSorted((a, b) => b.ended! - a.ended!)
  const all = [...running, ...ended]
  const shown = all.length > rows ? all.slice(0, Math.max(1, rows - 1)) : all
  const runOf = new Map(runs.map((run) => [run.id, run]))
  const cells = shown.map((task) => cellsOf(task, runOf.get(task.runId), time, columns, paint))
  const lines = columnLines(cells, columnsOfTasks, columns, paint)
  const left = all.length - shown.length
  return left > 0 ? [...lines, paint('dim', `… ${formatNumber(left)} more`)] : lines
}

function cellsOf(
  task: TaskSnapshot,
  run: RunSnapshot | undefined,
  time: number,
  columns: number,
  paint: Paint,
): Cell[] {
  const { samples, state, attempt } = task
  const name = plainText(task.name ?? unknown) + (attempt > 1 ? ` #${attempt}` : '')
  const planned = samples.planned === null ? unknown : formatNumber(samples.planned)
  const { inputTokens, outputTokens } = task
  const tokens = inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens
  const hasCost = task.cost !== null
  return [
    { text: task.model === null ? name : `${name}  ${plainText(task.model)}` },
    barCell(samples, state, columns < 100 ? 10 : 20, paint),
    { text: `${formatNumber(samples.done)}/${planned}` },
    { text: state === 'running' ? formatNumber(samples.inFlight) : '' },
    samples.failed > 0 ? { text: formatNumber(samples.failed), style: 'red' } : { text: '' },
    { text: scoreText(task) },
    { text: tokens === null ? unknown : compactNumber(tokens) },
    { text: hasCost ? dollars(task.cost) : '' },
    timeCell(task, run, time),
  ]
}

/** Done, failed, in flight, and what is still to come; nothing where nobody knows how much that is. */
function barCell(
  { planned, done, failed, inFlight }: TaskSnapshot['samples'],
  state: TaskState,
  cells: number,
  paint: Paint,
): Cell {
  if (!planned) return { text: '' }
  // Neither is a beginning nothing, nor is what is nearly done at its end.
  const upTo = (count: number): number =>
    count >= planned ? cells : Math.min(cells - 1, Math.max(count > 0 ? 1 : 0, Math.round((count / planned) * cells)))
  const end = upTo(done)
  const red = Math.min(end, upTo(failed))
  const flying = Math.max(0, upTo(done + inFlight) - end)
  const parts = ['█'.repeat(end - red), '█'.repeat(red), '▒'.repeat(flying), '░'.repeat(cells - end - flying)] as const
  const color: Style = state === 'running' ? 'cyan' : state === 'success' ? 'green' : 'gray'
  return {
    text: parts.join(''),
    painted: `${paint(color, parts[0])}${paint('red', parts[1])}${paint(color, parts[2])}${paint('dim', parts[3])}`,
  }
}

function scoreText({ metric, scores }: TaskSnapshot): string {
  if (metric) return `${plainText(metric.name)} ${scoreNumber(metric.value)}`
  const [first] = scores
  return first ? `${plainText(first.name)} ${scoreNumber(first.mean)}` : ''
}

function timeCell({ state, started, ended }: TaskSnapshot, run: RunSnapshot | undefined, time: number): Cell {
  if (state !== 'running') {
    const style: Style = state === 'success' ? 'green' : state === 'error' ? 'red' : 'yellow'
    return { text: `${state} ${lasting(ended! - started)}`, style }
  }
  const silence = run ? time - run.heard : 0
  if (silence >= quietMs) return { text: `quiet for ${lasting(silence)}`, style: 'yellow' }
  return { text: lasting(time - started) }
}
