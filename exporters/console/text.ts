import { styleText } from 'node:util'
import stringWidth from 'string-width'

export type Style = Parameters<typeof styleText>[0]

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

/** The colours of an output that takes them, or none. */
export function createPaint(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text
}

/** A text in at most so many columns; what is cut ends in `…`. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return columns > 0 ? `${kept}…` : ''
}

/** Cut or filled up to exactly so many columns. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns)
  return short + ' '.repeat(Math.max(0, columns - stringWidth(short)))
}

/** What follows a number of tokens: ` · $1.67`, or nothing where no price is known. */
export function costText(dollars: number): string {
  return dollars > 0 ? ` · $${dollars.toFixed(dollars < 0.01 ? 4 : 2)}` : ''
}

/** `0.4 ms`, `213 ms`, `2.13 s`, `21.3 s`, `3m 05s`, `2h 15m`: at most 7 columns below 100 hours. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds <= 0) return '0 ms'
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`
  if (milliseconds < 9995) return `${(milliseconds / 1000).toFixed(2)} s`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`
}

/** `12,345`. */
export function formatCount(count: number): string {
  return numbers.format(count)
}

/** `1 retry`, `2 retries`. */
export function counted(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

const graphemes = new Intl.Segmenter()
const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
