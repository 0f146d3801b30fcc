/** What a watcher remembers of a log when all that it held has been told. */
export interface LogNote {
  /** The content that was told. */
  readonly version: string
  readonly run: string
  readonly task: string
  /** When its task began, in seconds since 1970: attempts at a task are told apart by that. */
  readonly started: number
  /** The log was finished. */
  readonly finished: boolean
  /** The end of its run has been told. */
  readonly over: boolean
}

export function noteText({ version, run, task, started, finished, over }: LogNote): string {
  return JSON.stringify([version, run, task, started, Number(finished), Number(over)])
}

/** Undefined when another version of evalspan wrote something else. */
export function parseNote(text: string): LogNote | undefined {
  try {
    const fields: unknown = JSON.parse(text)
    if (!Array.isArray(fields) || fields.length !== 6) return undefined
    const [version, run, task, started, finished, over] = fields.map(String)
    if (version === undefined || run === undefined || task === undefined) return undefined
    return { version, run, task, started: Number(started), finished: finished === '1', over: over === '1' }
  } catch {
    return undefined
  }
}
