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
  /** The state of Inspect's buffer before it was told: another one means that there is more to tell. */
  readonly buffer: string
}

export function noteText({ version, run, task, started, finished, over, buffer }: LogNote): string {
  return JSON.stringify([version, run, task, started, finished, over, buffer])
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
  const [version, run, task, started, finished, over, buffer] = fields as Fields
  return { version, run, task, started, finished, over, buffer }
}

type Fields = [string, string, string, number, boolean, boolean, string]

const types = 'string string string number boolean boolean string'
