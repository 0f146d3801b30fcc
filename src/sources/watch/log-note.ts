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
  /** When it was told, in milliseconds since 1970: Inspect's buffer may have more that was written later. */
  readonly at: number
}

export function noteText({ version, run, task, started, finished, over, at }: LogNote): string {
  return JSON.stringify([version, run, task, started, finished, over, at])
}

/** Undefined when another version of evalspan wrote something else. */
export function parseNote(text: string): LogNote | undefined {
  let fields: unknown
  try {
    fields = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(fields) || fields.map((field) => typeof field).join(' ') !== types) return undefined
  const [version, run, task, started, finished, over, at] = fields as Fields
  return { version, run, task, started, finished, over, at }
}

type Fields = [string, string, string, number, boolean, boolean, number]

const types = 'string string string number boolean boolean number'
