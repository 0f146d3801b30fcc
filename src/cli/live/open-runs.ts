import { shownPath } from '../../files/shown-path.ts'
import { fullPath } from '../../files/paths.ts'
import { plainText } from '../../plain-text.ts'
import type { Unfinished } from '../../telemetry/mapping.ts'
import { unfinishedText } from '../account.ts'

/** More logs are named by their folders. */
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
    const what = unfinishedText({ tasks: this.#tasks, samples: this.#samples })
    if (what === '') return []
    const replay = `evalspan replay ${namedLogs([...this.#logs]).join(' ') || 'LOG'}`
    return [
      `${what} came to no end that is known: drafts until \`${replay}\` completes them from their logs, or ` +
        '`evalspan flush --seal` closes them as incomplete',
    ]
  }
}

/** For a command line: the logs, or the folders in which they are when there are many. */
function namedLogs(logs: readonly string[]): string[] {
  const places = logs.length > mostNamed ? logs.map((log) => log.replace(/[\\/][^\\/]*$/, '')) : logs
  return [...new Set(places)].map((place) => shellWord(plainText(shownPath(fullPath(place)))))
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
