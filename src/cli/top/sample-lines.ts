import { cut, type Paint, type Style } from '../../../exporters/console/text.ts'
import { plainText } from '../../plain-text.ts'
import { formatNumber } from '../quantity.ts'
import { columnLines, type Cell, type Column } from './columns.ts'
import type { Activity, BoardSnapshot, SampleSnapshot } from './snapshot.ts'
import { lasting, unknown } from './texts.ts'

const columnsOfSamples: readonly Column[] = [
  { title: 'time', align: 'right', priority: 6 },
  { title: 'sample' },
  { title: 'task', priority: 2 },
  { title: 'epoch', align: 'right', priority: 3 },
  { title: 'attempt', align: 'right', priority: 1 },
  { title: 'now', priority: 5 },
  { title: 'since', align: 'right', priority: 4 },
]

const styles: Readonly<Record<Activity['kind'], Style | undefined>> = {
  starting: 'dim',
  queued: 'dim',
  solver: undefined,
  agent: undefined,
  model: 'cyan',
  tool: 'magenta',
  scoring: 'green',
  waiting: 'yellow',
}

/** Which columns say something, and how long what a sample does may be. */
interface View {
  readonly time: number
  readonly hasTasks: boolean
  readonly hasEpochs: boolean
  readonly hasAttempts: boolean
  readonly mostOfActivity: number
}

/** The samples in flight that have run longest. */
export function sampleLines(snapshot: BoardSnapshot, rows: number, columns: number, paint: Paint): string[] {
  const { samples, tasks, time } = snapshot
  if (samples.length === 0 || rows < 1) return []
  const all = tasks.reduce((sum, task) => sum + task.samples.inFlight + task.samples.queued, 0)
  const shown = all > rows ? samples.slice(0, Math.max(1, rows - 1)) : samples
  const view: View = {
    time,
    hasTasks: samples.some(({ taskId }) => taskId !== samples[0]!.taskId),
    hasEpochs: samples.some(({ epoch }) => epoch !== 1),
    hasAttempts: samples.some(({ attempt }) => attempt > 1),
    mostOfActivity: Math.max(12, Math.floor(columns / 3)),
  }
  const cells = shown.map((sample) => cellsOf(sample, view))
  const lines = columnLines(cells, columnsOfSamples, columns, paint)
  const left = all - shown.length
  return left > 0 ? [...lines, paint('dim', `… ${formatNumber(left)} more`)] : lines
}

function cellsOf({ task, id, epoch, attempt, started, activity }: SampleSnapshot, view: View): Cell[] {
  const { time } = view
  const { kind, since, until } = activity
  const attempts = attempt > 0 ? String(attempt) : unknown
  return [
    { text: lasting(time - started) },
    { text: plainText(String(id ?? unknown)) },
    { text: view.hasTasks ? plainText(task ?? unknown) : '' },
    { text: view.hasEpochs ? String(epoch ?? unknown) : '' },
    { text: view.hasAttempts ? attempts : '' },
    { text: cut(activityText(activity), view.mostOfActivity), style: styles[kind] },
    { text: until === null ? lasting(since === null ? null : time - since) : `${lasting(until - time)} left` },
  ]
}

function activityText({ kind, name }: Activity): string {
  if (name === null) return kind
  return `${kind === 'waiting' ? 'waiting for' : kind} ${plainText(name)}`
}
