import { messageOf } from '../errors.ts'
import { asFields, type Fields } from './fields.ts'
import type { LogFile } from '../files/log-file.ts'
import { readMemberJson } from './member-json.ts'
import { inNumericOrder } from './numbered-members.ts'
import { expandRanges } from './resolve.ts'
import type { ZipMember } from './zip-directory.ts'

/** Bytes of the JSON of all members of a sample that is stored in chunks. */
export function sizeOfChunks(members: Iterable<ZipMember>): number {
  let size = 0
  for (const member of members) size += member.size
  return size
}

/**
 * Puts a sample together that is stored in chunks: a shell, and beside it sequences of messages, events, raw calls and
 * attachments, each cut into members named by the index of their first item (Inspect 0.3.285, `log/_recorders/chunked`).
 * `members` are the sample's own, by the rest of their name.
 */
export async function loadChunkedSample(
  file: LogFile,
  members: ReadonlyMap<string, ZipMember>,
  aside?: boolean,
): Promise<Fields> {
  const read = async (member: ZipMember): Promise<unknown> => {
    try {
      return await readMemberJson(file, member, aside)
    } catch (error) {
      throw new Error(`${shortName(member)}: ${messageOf(error)}`, { cause: error })
    }
  }
  const sequence = async (name: string): Promise<unknown[]> => {
    const items: unknown[] = []
    for (const member of inNumericOrder(members, `${name}/`)) {
      const chunk = await read(member)
      const start = Number(member.name.slice(member.name.lastIndexOf('/') + 1, -'.json'.length))
      if (!Array.isArray(chunk)) throw damaged(member, 'is no list')
      if (start !== items.length) throw damaged(member, `follows ${items.length} ${name}, some of which are missing`)
      for (const item of chunk) items.push(item)
    }
    return items
  }
  const record: Fields = { ...asFields(await read(members.get('sample.json')!), 'the sample') }
  const metadata = members.get('metadata.json')
  if (metadata) record['metadata'] = await read(metadata)
  const messages = await sequence('messages')
  const attachments = await sequence('attachments')
  record['events'] = await sequence('events')
  record['events_data'] = { messages, calls: await sequence('calls') }
  // They are referred to by their number.
  record['attachments'] = Object.fromEntries(attachments.entries())
  const { message_refs: references } = record
  if (Array.isArray(references)) record['messages'] = expandRanges(references, messages)
  delete record['message_refs']
  return record
}

/** Within its sample, which is named beside it: `events/0.json`. */
function shortName({ name }: ZipMember): string {
  return name.slice(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1)
}

function damaged(member: ZipMember, what: string): Error {
  return new Error(`${shortName(member)}: ${what}: the file is damaged; copy it again from where it was written`)
}
