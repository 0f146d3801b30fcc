import { messageOf } from '../errors.ts'
import { isFields } from './fields.ts'
import type { LogFile } from '../files/log-file.ts'
import { migrateHeader } from './migrate.ts'
import { inNumericOrder } from './numbered-members.ts'
import type { EvalLog } from './records.ts'
import { decodeText, parseText } from './text.ts'
import type { ZipMember } from './zip-directory.ts'
import { readZipMember } from './zip-member.ts'

export interface EvalHeader {
  readonly header: EvalLog
  /** The header that is written at the end of a run was there. */
  readonly finished: boolean
  /** What of it cannot be used. */
  readonly problems: readonly Error[]
}

/**
 * The header of a finished log. One that is being written, or whose writer died, has what was known at its start in place
 * of it, with the changes of settings that were made since; where the header is damaged the same stands in for it.
 * Undefined when the file holds neither, so that it is no log.
 */
export async function readEvalHeader(
  file: LogFile,
  members: ReadonlyMap<string, ZipMember>,
): Promise<EvalHeader | undefined> {
  const member = members.get('header.json')
  const start = members.get('_journal/start.json')
  if (member === undefined) return start && readStart(file, start, members)
  try {
    return { ...migrate(member, await readJson(file, member)), finished: true }
  } catch (error) {
    if (start === undefined) throw error
    const instead = await readStart(file, start, members)
    return { ...instead, problems: [error as Error, ...instead.problems] }
  }
}

async function readStart(
  file: LogFile,
  start: ZipMember,
  members: ReadonlyMap<string, ZipMember>,
): Promise<EvalHeader> {
  const fields = await readJson(file, start)
  const updates: unknown[] = []
  const lost: Error[] = []
  for (const member of inNumericOrder(members, '_journal/config_updates/')) {
    try {
      updates.push(await readJson(file, member))
    } catch (error) {
      lost.push(error as Error)
    }
  }
  const changes = updates.length > 0 ? { config_updates: updates } : {}
  const raw = isFields(fields) ? { ...fields, status: 'started', stats: {}, ...changes } : fields
  const { header, problems } = migrate(start, raw)
  return { header, finished: false, problems: [...problems, ...lost] }
}

function migrate({ name }: ZipMember, raw: unknown): { header: EvalLog; problems: readonly Error[] } {
  try {
    const { header, problems } = migrateHeader(raw)
    return { header, problems: problems.map((problem) => within(name, problem)) }
  } catch (error) {
    throw within(name, error)
  }
}

async function readJson(file: LogFile, member: ZipMember): Promise<unknown> {
  try {
    return parseText(decodeText(await readZipMember(file, member)))
  } catch (error) {
    throw within(member.name, error)
  }
}

function within(name: string, error: unknown): Error {
  return new Error(`${name}: ${messageOf(error)}`, { cause: error })
}
