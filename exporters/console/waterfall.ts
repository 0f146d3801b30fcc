import stringWidth from 'string-width'
import { axisOf } from './axis.ts'
import { barOf, type Scale } from './bar.ts'
import { rowsOf, type Row } from './rows.ts'
import type { Step } from './sample.ts'
import { counted, cut, fit, formatDuration, type Paint } from './text.ts'

const maxRows = 40
const maxErrors = 5
const durationColumns = 8

/** The steps of a sample (the root first) as a tree with bars that are true to scale, `columns` wide. */
export function waterfall(steps: readonly Step[], columns: number, paint: Paint): string[] {
  const rows = rowsOf(steps, maxRows)
  const labelColumns = Math.min(widestLabel(rows), Math.floor(columns * 0.45))
  const left = labelColumns + 1 + durationColumns + 1
  const scale: Scale = { ...extent(rows), columns: columns - left }
  const [times, ruler] = axisOf(scale)
  return [
    ' '.repeat(left) + paint('dim', times),
    ' '.repeat(left) + paint('dim', ruler),
    ...rows.map((row) => lineOf(row, labelColumns, scale, paint)),
    ...hidden(rows, steps, paint),
    ...legend(rows, paint),
    ...errors(rows, columns, paint),
  ]
}

function lineOf(row: Row, columns: number, scale: Scale, paint: Paint): string {
  const { step } = row
  const name = (step.error === undefined ? '' : '✗ ') + step.label
  const indent = shorten(row.indent, columns - Math.min(stringWidth(name), 18))
  const label = fit(name, columns - indent.length)
  const duration = formatDuration(step.end - step.start).padStart(durationColumns)
  const named = step.error === undefined ? label : paint('red', label)
  return `${indent && paint('dim', indent)}${named} ${paint('dim', duration)} ${barOf(row, scale, paint)}`
}

/** Of very deep trees the branches next to the name, so that there is room for the name. */
function shorten(indent: string, columns: number): string {
  return indent.length <= columns ? indent : `…${indent.slice(indent.length - columns + 1)}`
}

function widestLabel(rows: readonly Row[]): number {
  return Math.max(
    12,
    ...rows.map(({ indent, step }) => indent.length + stringWidth(step.label) + (step.error === undefined ? 0 : 2)),
  )
}

function extent(rows: readonly Row[]): { start: number; end: number } {
  return {
    start: Math.min(...rows.map(({ step }) => step.start)),
    end: Math.max(...rows.map(({ step }) => step.end)),
  }
}

function hidden(rows: readonly Row[], steps: readonly Step[], paint: Paint): string[] {
  const count = steps.length - rows.length
  return count === 0 ? [] : [paint('dim', `… ${counted(count, 'shorter span')} of ${steps.length} not shown`)]
}

function legend(rows: readonly Row[], paint: Paint): string[] {
  const waits = rows.some(({ step, inner }) => !inner && step.waits.length > 0)
  return waits ? [paint('dim', '░ waiting to try a model call again')] : []
}

/** Why steps failed; an error that passes through several of them is told once, where it came up. */
function errors(rows: readonly Row[], columns: number, paint: Paint): string[] {
  const sources = new Map<string, string>()
  for (const { step } of rows) if (step.error !== undefined) sources.set(step.error, step.label)
  const lines = [...sources].map(([message, label]) => paint('red', cut(`✗ ${cut(label, 40)}: ${message}`, columns)))
  const rest = lines.length - maxErrors
  return rest > 0 ? [...lines.slice(0, maxErrors), paint('dim', `… ${counted(rest, 'more error')}`)] : lines
}
