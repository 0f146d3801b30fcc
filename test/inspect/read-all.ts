import { basename, dirname } from 'node:path'
import { messageOf } from '../../src/errors.ts'
import { openLog, type SampleFilter } from '../../src/inspect/log.ts'
import type { EvalSample } from '../../src/inspect/records.ts'

/** All samples of a log; what cannot be read as its message, without the folder. */
export async function readAll(path: string, filter?: SampleFilter): Promise<(EvalSample | string)[]> {
  const log = await openLog(path)
  try {
    const entries: (EvalSample | string)[] = []
    for await (const entry of log.samples(filter)) {
      entries.push('sample' in entry ? entry.sample : `${entry.error.code} ${shorten(path, entry.error)}`)
    }
    return entries
  } finally {
    await log.close()
  }
}

/** The ids of all samples, and the messages of what cannot be read. */
export async function readIds(path: string, filter?: SampleFilter): Promise<(string | number)[]> {
  const entries = await readAll(path, filter)
  return entries.map((entry) => (typeof entry === 'string' ? entry : entry.id))
}

/** Why a log cannot be opened, or what is wrong with it although it can. */
export async function openingError(path: string): Promise<string> {
  try {
    const log = await openLog(path)
    await log.close()
    if (log.problems.length > 0) return `opened, but ${log.problems.map((each) => shorten(path, each)).join(', ')}`
  } catch (error) {
    return `${(error as { code?: string }).code} ${shorten(path, error)}`
  }
  return 'opened'
}

function shorten(path: string, error: unknown): string {
  return messageOf(error)
    .replaceAll(dirname(path), '')
    .replace(`/${basename(path)}`, basename(path))
}
