import type { Row } from './rows.ts'
import type { Paint, Style } from './text.ts'

/** Which times the columns of a chart stand for, in milliseconds. */
export interface Scale {
  readonly start: number
  readonly end: number
  readonly columns: number
}

/** The line of a row in a chart: blocks for work, a thin line for what only holds other steps, shades for waits. */
export function barOf(row: Row, scale: Scale, paint: Paint): string {
  const { step } = row
  const style = step.error === undefined ? styleOf(step.label) : 'red'
  const from = Math.min(Math.round(eighthsAt(step.start, scale)), scale.columns * 8 - 1)
  const to = Math.min(Math.max(Math.round(eighthsAt(step.end, scale)), from + 1), scale.columns * 8)
  const waits = row.inner ? [] : step.waits.map((wait) => waitCells(wait, scale))

  let bar = ''
  const first = Math.floor(from / 8)
  const last = Math.floor((to - 1) / 8)
  for (let cell = first; cell <= last; cell++) {
    const left = Math.max(from - cell * 8, 0)
    const right = Math.min(to - cell * 8, 8)
    if (waits.some((wait) => wait.first <= cell && cell <= wait.last)) bar += '░'
    else bar += row.inner ? lineIn(left, right) : blockIn(left, right)
  }
  return ' '.repeat(first) + paintRuns(bar, style, paint)
}

function eighthsAt(time: number, { start, end, columns }: Scale): number {
  return end > start ? ((time - start) / (end - start)) * columns * 8 : 0
}

/** The columns that a wait fills for the most part; at least the one in its middle. */
function waitCells(wait: { start: number; end: number }, scale: Scale): { first: number; last: number } {
  const first = Math.round(eighthsAt(wait.start, scale) / 8)
  const last = Math.round(eighthsAt(wait.end, scale) / 8) - 1
  const middle = Math.floor(eighthsAt((wait.start + wait.end) / 2, scale) / 8)
  return last < first ? { first: middle, last: middle } : { first, last }
}

/** A column that is filled between two of its eighths. Unicode fills from the left by eighths, from the right by halves. */
function blockIn(left: number, right: number): string {
  if (left === 0 || left + right < 8) return leftBlocks[right - left - 1]!
  if (right < 8) return '▐'
  return left >= 7 ? '▕' : left >= 3 ? '▐' : '█'
}

const leftBlocks = '▏▎▍▌▋▊▉█'

function lineIn(left: number, right: number): string {
  if (right - left > 4) return '━'
  return left + right < 8 ? '╸' : '╺'
}

function paintRuns(bar: string, style: Style, paint: Paint): string {
  return bar.replace(/░+|[^░]+/g, (run) => paint(run.startsWith('░') ? ['dim', style as 'red'] : style, run))
}

function styleOf(label: string): 'cyan' | 'yellow' | 'magenta' | 'blue' | 'gray' {
  const kind = label.split(' ', 1)[0]
  if (kind === 'chat') return 'cyan'
  if (kind === 'execute_tool') return 'yellow'
  if (kind === 'scorer') return 'magenta'
  return kind?.startsWith('eval_') ? 'gray' : 'blue'
}
