import type { Paint } from '../../../exporters/console/text.ts'
import { plainText } from '../../plain-text.ts'
import { formatNumber } from '../quantity.ts'
import { columnLines, type Cell, type Column } from './columns.ts'
import type { BoardSnapshot, ErrorSnapshot } from './snapshot.ts'
import { clockTime } from './texts.ts'

const columnsOfErrors: readonly Column[] = [
  { priority: 2 },
  { align: 'right', priority: 4 },
  { priority: 3 },
  { priority: 1 },
  {},
]

/** The kinds of errors that came last. */
export function errorLines({ errors }: BoardSnapshot, rows: number, columns: number, paint: Paint): string[] {
  const shown = errors.slice(0, rows)
  if (shown.length === 0) return []
  return [paint('dim', 'errors and retries'), ...columnLines(shown.map(cellsOf), columnsOfErrors, columns, paint)]
}

function cellsOf({ time, count, kind, type, status, task, model, sample, message }: ErrorSnapshot): Cell[] {
  const place = [task, kind === 'retry' ? model : sample].filter((part) => part !== null).join(' ')
  // Errors of Python begin with their type.
  const what = [message?.startsWith(type) ? null : type, status, message].filter((part) => part !== null).join(' ')
  return [
    { text: clockTime(time), style: 'dim' },
    { text: `${formatNumber(count)}×` },
    { text: kind, style: kind === 'retry' ? 'yellow' : 'red' },
    { text: plainText(place) },
    { text: plainText(what) },
  ]
}
