import { styleText } from 'node:util'
import stringWidth from 'string-width'
import type { CliOutput } from './context.ts'
import type { Finding } from './doctor-report.ts'
import { plainText } from '../plain-text.ts'
import { wrap } from './wrap.ts'

type Style = Parameters<typeof styleText>[0]

/** Narrower terminals have what was found below its name, not beside it. */
const wideColumns = 60
const leastColumns = 20

/** Turns findings into aligned lines for a terminal, with marks, and with colours where it has them. */
export class DoctorText {
  readonly #output: CliOutput

  constructor(output: CliOutput) {
    this.#output = output
  }

  section(title: string, about: string | undefined, findings: readonly Finding[]): string[] {
    const names = Math.max(...findings.map(({ what }) => stringWidth(what)), 0)
    const head = this.paint('bold', plainText(title)) + (about === undefined ? '' : `  ${plainText(about)}`)
    return [head, ...findings.flatMap((finding) => this.#finding(finding, names))]
  }

  paint(style: Style, text: string): string {
    return this.#output.color ? styleText(style, text, { validateStream: false }) : text
  }

  #finding({ what, ok, detail, advice }: Finding, names: number): string[] {
    const [mark, style] = marks[String(ok) as keyof typeof marks]
    const columns = this.#output.columns || 80
    const isWide = columns >= wideColumns
    const left = isWide ? names + 6 : 4
    const room = Math.max(leastColumns, columns - left)
    const name = `  ${this.paint(style, mark)} ${plainText(what)}`
    const lines = [
      ...wrap(detail, room).map((line) => (ok === undefined ? this.paint('dim', line) : line)),
      ...(advice === undefined ? [] : wrap(`→ ${advice}`, room).map((line) => this.paint('yellow', line))),
    ]
    const indented = lines.map((line) => ' '.repeat(left) + line)
    if (!isWide) return [name, ...indented]
    return [name + ' '.repeat(names + 2 - stringWidth(what)) + lines[0]!, ...indented.slice(1)]
  }
}

const marks = { true: ['✓', 'green'], false: ['✗', 'red'], undefined: ['–', 'dim'] } as const
