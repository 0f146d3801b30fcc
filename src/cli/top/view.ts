import stringWidth from 'string-width'
import { createPaint, cut, type Paint } from '../../../exporters/console/text.ts'
import { plainText } from '../../plain-text.ts'
import { counted, formatNumber } from '../quantity.ts'
import type { Seen } from './listeners.ts'
import { errorLines } from './error-lines.ts'
import { sampleLines } from './sample-lines.ts'
import type { BoardSnapshot, Totals } from './snapshot.ts'
import { taskLines } from './task-lines.ts'
import { clockTime, compactNumber, dollars, lasting, unknown } from './texts.ts'

export interface ViewSize {
  readonly columns: number
  readonly rows: number
  readonly color: boolean
}

/** What runs, in lines that fit: totals, tasks, the samples that run longest, the last errors. */
export function viewLines({ snapshot, problems }: Seen, { columns, rows, color }: ViewSize): string[] {
  const paint = createPaint(color)
  const trouble = problems.map((problem) => paint('yellow', cut(`! ${plainText(problem)}`, columns)))
  if (!snapshot && trouble.length > 0)
    return [paint('bold', cut('No listener tells what runs.', columns)), ...trouble].slice(0, rows)
  if (!snapshot || (snapshot.runs.length === 0 && snapshot.totals.calls === 0)) {
    return [...idleLines(snapshot !== undefined, columns, paint), ...trouble].slice(0, rows)
  }
  const head = [...headLines(snapshot, columns, paint), ...trouble]
  const parts = share(snapshot, rows - head.length)
  return [
    ...head,
    ...part(taskLines(snapshot, parts.tasks, columns, paint)),
    ...part(sampleLines(snapshot, parts.samples, columns, paint)),
    ...part(errorLines(snapshot, parts.errors, columns, paint)),
  ].slice(0, rows)
}

function part(lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? ['', ...lines] : []
}

/** Each part has its title and the empty line before it. */
const edges = 2
const leastOfPart = 3

/** How many lines each part gets for its entries: errors a few, tasks up to half of the rest, samples what is left. */
function share(
  { tasks, samples, errors }: BoardSnapshot,
  rows: number,
): Record<'tasks' | 'samples' | 'errors', number> {
  if (rows === Infinity) return { tasks: Infinity, samples: Infinity, errors: Infinity }
  const forErrors = errors.length === 0 ? 0 : Math.min(errors.length, Math.max(1, Math.floor(rows / 8)))
  const rest = rows - (forErrors > 0 ? forErrors + edges : 0) - edges
  const wanted = samples.length === 0 ? 0 : Math.min(samples.length + edges, Math.ceil(rest / 2))
  const forTasks = Math.max(Math.min(tasks.length, leastOfPart), Math.min(tasks.length, rest - wanted))
  return { tasks: forTasks, samples: Math.max(0, rest - forTasks - edges), errors: forErrors }
}

function idleLines(isListening: boolean, columns: number, paint: Paint): string[] {
  const lines = isListening
    ? [paint('bold', 'Nothing runs.'), 'A listener is there and waits for an eval.']
    : [
        paint('bold', 'Nothing runs.'),
        'To see an eval here, start it like this:',
        '',
        '  evalspan run -- inspect eval task.py',
      ]
  return lines.map((line) => cut(line, columns))
}

interface Piece {
  readonly text: string
  readonly style?: 'bold' | 'red' | 'cyan' | 'yellow' | undefined
}

function headLines({ time, runs, tasks, totals }: BoardSnapshot, columns: number, paint: Paint): string[] {
  const inFlight = tasks.reduce((sum, task) => sum + task.samples.inFlight, 0)
  const queued = tasks.reduce((sum, task) => sum + task.samples.queued, 0)
  const running = runs.filter(({ state }) => state === 'running').length
  const { last10s, last60s } = totals.tokensPerSecond
  const lines: readonly (readonly Piece[])[] = [
    [
      { text: clockTime(time), style: 'bold' },
      { text: running > 0 ? counted(running, 'run') : 'nothing runs', style: 'bold' },
      { text: counted(tasks.filter(({ state }) => state === 'running').length, 'task') },
      { text: `${counted(inFlight, 'sample')} in flight${queued > 0 ? `, ${formatNumber(queued)} queued` : ''}` },
      totals.errors > 0 ? { text: counted(totals.errors, 'error'), style: 'red' } : { text: 'no errors' },
    ],
    [
      { text: `${compactNumber(last10s)} tokens/s (${compactNumber(last60s)} over 60 s)`, style: 'cyan' },
      { text: `${compactNumber(totals.inputTokens)} in` },
      { text: `${compactNumber(totals.outputTokens)} out` },
      { text: `cost ${dollars(totals.cost)}` },
    ],
    [
      { text: counted(totals.calls, 'model call') },
      { text: counted(totals.cacheHits, 'cache hit') },
      ...retryPieces(totals),
    ],
  ]
  return lines.flatMap((pieces) => flow(pieces, columns, paint))
}

function retryPieces({ retries, rateLimited, waited }: Totals): Piece[] {
  if (retries === null) return [{ text: `${unknown} retries` }]
  if (retries === 0) return [{ text: 'no retries' }]
  const count = `${formatNumber(retries)} ${retries === 1 ? 'retry' : 'retries'}`
  const percent = Math.round((100 * rateLimited) / retries)
  return [{ text: `${count} (${percent}% rate limit)`, style: 'yellow' }, { text: `${lasting(waited)} waited` }]
}

const separator = ' · '

/** Pieces one after another, in as many lines as they need. */
function flow(pieces: readonly Piece[], columns: number, paint: Paint): string[] {
  const lines: string[] = []
  let width = 0
  for (const { text, style } of pieces) {
    const short = cut(text, columns)
    const shown = style === undefined ? short : paint(style, short)
    const longer = width + separator.length + stringWidth(short)
    if (lines.length === 0 || longer > columns) {
      lines.push(shown)
      width = stringWidth(short)
    } else {
      lines.push(`${lines.pop()!}${separator}${shown}`)
      width = longer
    }
  }
  return lines
}
