import { open, realpath, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import { keepPrivate } from '../delivery/index.ts'
import { EvalspanError, messageOf } from '../errors.ts'
import { schemeOf } from '../files/paths.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { toRecord } from '../hooks/wire.ts'
import { stringify } from '../inspect/json.ts'
import { findFiles } from '../sources/find.ts'
import type { CliOutput } from './context.ts'

/** Where the events of a command are written, one record of the hooks' wire format on each line. */
export interface RecordWriter {
  write(event: HookEvent): void | Promise<void>
  close(): Promise<void>
}

export interface RecordOptions {
  /** What is read, and must not be written over. */
  readonly inputs: readonly string[]
  readonly stdout: CliOutput
  /** Takes secrets out of an event's data. */
  readonly mask: <T>(data: T) => T
  /** Tells the user something worth a line. */
  readonly report: (message: string) => void
}

const bufferedCharacters = 256 * 1024

/**
 * Writes to a file, in place of what was in it, or for `-` to standard output. Rejects with an `EvalspanError` that names the file, and for what
 * may be a log that is about to be read.
 */
export async function openRecords(
  path: string,
  { inputs, stdout, mask, report }: RecordOptions,
): Promise<RecordWriter> {
  const recordLine = (event: HookEvent): string => {
    const record = toRecord(event)
    return `${stringify({ ...record, data: mask(record.data) })}\n`
  }
  if (path === '-') {
    return { write: (event) => stdout.write(recordLine(event)), close: () => Promise.resolve() }
  }
  if (/\.(?:eval|json)$/.test(path) || (await isAmong(inputs, path))) {
    throw new EvalspanError(
      'BAD_OPTION',
      `--events: ${path} may be a log, and would be overwritten: name a new .jsonl file`,
    )
  }
  const file = await openFile(path)
  const danger = keepPrivate(file.fd)
  if (danger !== undefined) report(`--events: ${path} ${danger}`)
  let waiting = ''
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    await file.appendFile(text).catch((error: unknown) => {
      throw new EvalspanError('BAD_LOG', `--events: ${path} is incomplete: ${messageOf(error)}`, { cause: error })
    })
  }
  return {
    write(event) {
      waiting += recordLine(event)
      return waiting.length < bufferedCharacters ? undefined : flush()
    },
    async close() {
      await flush()
      await file.close()
    },
  }
}

/** Also under another name: what is read while it is written has no end. */
async function isAmong(inputs: readonly string[], path: string): Promise<boolean> {
  // What lies elsewhere cannot be written over.
  const { files } = await findFiles(inputs.filter((input) => schemeOf(input) === undefined))
  const places = await Promise.all([path, ...files].map((file) => realpath(file).catch(() => resolve(file))))
  return places.lastIndexOf(places[0]!) > 0 || inputs.some((input) => resolve(input) === resolve(path))
}

/** Events hold everything but secrets, content included, so the file is private to its owner. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600)
  } catch (error) {
    throw new EvalspanError('BAD_OPTION', `--events: cannot write ${path}: ${messageOf(error)}`, { cause: error })
  }
}
