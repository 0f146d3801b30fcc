import type { LogFile } from '../files/log-file.ts'
import { ParseThread } from './parse-thread.ts'
import { decodeText, parseText } from './text.ts'
import type { ZipMember } from './zip-directory.ts'
import { expandZipMember, readCompressed } from './zip-member.ts'

/** Smaller ones are parsed in the time that it takes to wake a thread. */
const leastAside = 64 * 1024

/** What a member of a log in a ZIP says; `aside` for one that is parsed in another thread if that pays. */
export async function readMemberJson(file: LogFile, member: ZipMember, aside = false): Promise<unknown> {
  const compressed = await readCompressed(file, member)
  const thread = aside && member.size >= leastAside ? ParseThread.shared : undefined
  const result = await thread?.parse(member, compressed)
  return result ? result.value : parseText(decodeText(await expandZipMember(member, compressed)))
}
