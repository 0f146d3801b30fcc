import type { LogFile } from '../files/log-file.ts'
import { ParseThread } from './parse-thread.ts'
import { decodeText, parseText } from './text.ts'
import type { ZipMember } from './zip-directory.ts'
import { readCompressed, readZipMember } from './zip-member.ts'

/** Smaller ones are parsed in the time that it takes to wake a thread. */
const leastAside = 64 * 1024

/** What a member of a log in a ZIP says; `aside` for one that is parsed in another thread if that pays. */
export async function readMemberJson(file: LogFile, member: ZipMember, aside = false): Promise<unknown> {
  const thread = aside && member.size >= leastAside ? ParseThread.shared : undefined
  const result = await thread?.parse(member, await readCompressed(file, member))
  // What was read before is not held while this is at work: of a large member that is much.
  return result ? result.value : parseText(decodeText(await readZipMember(file, member)))
}
