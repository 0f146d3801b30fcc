import stringWidth from 'string-width'
import { plainText } from '../plain-text.ts'
import type { CliOutput } from './context.ts'

const leastColumns = 20

/** Lines of so many columns; a longer word, such as a link, stays whole. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of plainText(paragraph).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line !== '' && stringWidth(longer) > columns) {
        lines.push(line)
        line = word
      } else line = longer
    }
    return [...lines, line]
  })
}

/** The same with an indentation, and a deeper one for what follows the first line. */
export function indented(text: string, columns: number, indent = 2): string[] {
  const lines = wrap(text, Math.max(columns - indent - 2, leastColumns))
  return lines.map((line, index) => ' '.repeat(index === 0 ? indent : indent + 2) + line)
}

/** What is written elsewhere than to a terminal is searched, so that its lines are whole. */
export function columnsOf({ interactive, columns }: Pick<CliOutput, 'interactive' | 'columns'>): number {
  return interactive && columns > 0 ? columns : Infinity
}
