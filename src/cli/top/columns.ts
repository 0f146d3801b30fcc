import stringWidth from 'string-width'
import { cut, type Paint, type Style } from '../../../exporters/console/text.ts'

export interface Cell {
  readonly text: string
  readonly style?: Style | undefined
  /** What is written in place of the text, and is as wide: with colours of its own. */
  readonly painted?: string | undefined
}

export interface Column {
  readonly title?: string | undefined
  readonly align?: 'right' | undefined
  /** Columns are left out, the lowest first, until the one without has room: that one is cut when there is too little. */
  readonly priority?: number | undefined
}

const gap = '  '
/** Of the column that is cut: so many columns, and of a wide terminal such a part. */
const least = 14
const leastPart = 1 / 5

/** Lines of aligned cells, at most so many columns wide, below their titles. What stands in no row takes no room. */
export function columnLines(
  rows: readonly (readonly Cell[])[],
  columns: readonly Column[],
  width: number,
  paint: Paint,
): string[] {
  const needed = columns.map((_, index) => Math.max(0, ...rows.map((row) => stringWidth(row[index]!.text))))
  const hasTitles = columns.some(({ title }) => title !== undefined)
  const widths = columns.map(({ title = '' }, index) =>
    needed[index]! > 0 ? Math.max(needed[index]!, title.length) : 0,
  )
  const shown = new Set(columns.keys().filter((index) => needed[index]! > 0))
  const flexible = columns.findIndex(({ priority }) => priority === undefined)
  const fixed = (): number => {
    const others = [...shown].filter((index) => index !== flexible)
    return others.reduce((sum, index) => sum + widths[index]! + gap.length, 0)
  }
  const room = Math.min(widths[flexible]!, Math.max(least, Math.floor(width * leastPart)))
  const droppable = [...shown].filter((index) => index !== flexible)
  for (const index of droppable.toSorted((a, b) => columns[a]!.priority! - columns[b]!.priority!)) {
    if (width - fixed() >= room) break
    shown.delete(index)
  }
  widths[flexible] = Math.min(widths[flexible]!, Math.max(1, width - fixed()))
  const titles = columns.map(({ title = '' }): Cell => ({ text: title, style: 'dim' }))
  return (hasTitles ? [titles, ...rows] : rows).map((row) =>
    [...shown]
      .map((index) => cellText(row[index]!, widths[index]!, columns[index]!.align, paint))
      .join(gap)
      .trimEnd(),
  )
}

function cellText({ text, style, painted }: Cell, width: number, align: Column['align'], paint: Paint): string {
  const short = cut(text, width)
  const filling = ' '.repeat(Math.max(0, width - stringWidth(short)))
  const isPlain = short === '' || style === undefined
  const shown = painted !== undefined && short === text ? painted : isPlain ? short : paint(style, short)
  return align === 'right' ? filling + shown : shown + filling
}
