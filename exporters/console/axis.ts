import type { Scale } from './bar.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const steps = [
  [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  [1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  [1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  [1, 2, 4, 6, 12, 24, 48, 120, 240].map((hours) => hours * HOUR),
].flat()

/** The two lines above a chart: times, and a ruler with a tick at each. */
export function axisOf({ start, end, columns }: Scale): [times: string, ruler: string] {
  const total = end - start
  if (total === 0) return ['0', '├'.padEnd(columns, '─')]
  const step = steps.find((each) => hasRoom(each, total, columns)) ?? total
  let times = ''
  const ruler = Array.from({ length: columns }, () => '─')
  for (let tick = 0; tick * step <= total; tick++) {
    const column = Math.floor(((tick * step) / total) * columns)
    const label = tickLabel(tick * step)
    if (column >= columns) break
    ruler[column] = tick === 0 ? '├' : '┼'
    if (column + label.length <= columns) times = times.padEnd(column) + label
  }
  return [times, ruler.join('')]
}

function hasRoom(step: number, total: number, columns: number): boolean {
  const widest = Math.max(tickLabel(step).length, tickLabel(Math.floor(total / step) * step).length)
  return (step / total) * columns >= widest + 2
}

function tickLabel(milliseconds: number): string {
  if (milliseconds === 0) return '0'
  if (milliseconds < SECOND) return `${Number(milliseconds.toFixed(1))} ms`
  if (milliseconds < MINUTE) return `${Number((milliseconds / SECOND).toFixed(1))} s`
  if (milliseconds < HOUR) return parts(milliseconds / SECOND, 'm', 's')
  return parts(milliseconds / MINUTE, 'h', 'm')
}

function parts(value: number, large: string, small: string): string {
  const rest = Math.round(value % 60)
  return `${Math.floor(value / 60)}${large}${rest === 0 ? '' : ` ${rest}${small}`}`
}
