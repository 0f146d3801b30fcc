import { shownPath } from '../files/shown-path.ts'
import type { CliOutput } from './context.ts'
import { counted, formatNumber } from './quantity.ts'
import { TaskLines } from './task-lines.ts'

/** What a watcher says: at first what there is, then what happens. */
export class WatchLines {
  readonly tasks: TaskLines
  #isFirst = true

  constructor(output: CliOutput) {
    this.tasks = new TaskLines(output)
  }

  /** After each look. */
  looked(count: () => { readonly logs: number; readonly running: number }, folders: readonly string[]): void {
    if (this.#isFirst) {
      const { logs, running } = count()
      const what = `${counted(logs, 'log')}${running > 0 ? `, ${formatNumber(running)} not finished` : ''}`
      this.tasks.write(`${folders.map((folder) => shownPath(folder)).join(', ')}: ${what}`)
    }
    this.tasks.tell(this.#isFirst)
    this.#isFirst = false
  }
}
