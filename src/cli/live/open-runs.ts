import { shownPath } from '../../files/shown-path.ts'
import { fullPath } from '../../files/paths.ts'
import { plainText } from '../../plain-text.ts'
import type { Unfinished } from '../../telemetry/mapping.ts'
import { counted } from '../quantity.ts'

/** So many logs are named. */
const mostNamed = 3

/** Runs that came to no end that could be told. */
export class OpenRuns {
  #tasks = 0
  #samples = 0
  readonly #logs = new Set<string>()

  add({ tasks, samples }: Unfinished, logs: readonly string[]): void {
    this.#tasks += tasks
    this.#samples += samples
    for (const log of logs) this.#logs.add(log)
  }

  /** What is open, and what to do about it. */
  lines(): string[] {
    const what = [
      ...(this.#tasks > 0 ? [counted(this.#tasks, 'task')] : []),
      ...(this.#samples > 0 ? [counted(this.#samples, 'sample')] : []),
    ]
    if (what.length === 0) return []
    const logs = [...this.#logs]
    const named = logs.slice(0, mostNamed).map((log) => plainText(shownPath(fullPath(log))))
    const more = logs.length > mostNamed ? ` and ${logs.length - mostNamed} more` : ''
    const replay = named.length > 0 ? `evalspan replay ${named.join(' ')}${more}` : 'evalspan replay'
    return [
      `${what.join(' and ')} came to no end that is known: drafts until \`${replay}\` completes them from their logs, or ` +
        '`evalspan flush --seal` closes them as incomplete',
    ]
  }
}
