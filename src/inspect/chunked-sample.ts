import { messageOf } from '../errors.ts'
import { asFields, isFields, type Fields } from './fields.ts'
import type { LogFile } from '../files/log-file.ts'
import { inNumericOrder } from './numbered-members.ts'
import { expandRanges } from './resolve.ts'
import { decodeText, parseText } from './text.ts'
import type { ZipMember } from './zip-directory.ts'
import { readZipMember } from './zip-member.ts'

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
export async function loadChunkedSample(file: LogFile, members: ReadonlyMap<string, ZipMember>): Promise<Fields> {
  let lastAttachment = -1
  const read = async (member: ZipMember): Promise<unknown> => {
    try {
      const text = decodeText(await readZipMember(file, member))
      for (const [, index] of text.matchAll(attachment)) lastAttachment = Math.max(lastAttachment, Number(index))
      return parseText(text)
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
  const events = await sequence('events')
  const calls = await sequence('calls')
  const stats = members.get('events/stats.json')
  expectAll('events', events, stats ? countOf(await read(stats)) : 0)
  expectAll('messages', messages, events.map(lastMessage).reduce(larger, lastOf(record['message_refs'])))
  expectAll('calls', calls, events.map(lastCall).reduce(larger, 0))
  expectAll('attachments', attachments, lastAttachment + 1)
  record['events'] = events
  record['events_data'] = { messages, calls }
  // They are referred to by their number.
  record['attachments'] = Object.fromEntries(attachments.entries())
  const { message_refs: references } = record
  if (Array.isArray(references)) record['messages'] = expandRanges(references, messages)
  delete record['message_refs']
  return record
}

const attachment = /"attachment:\/\/(\d{1,15})"/g

/** What was cut off at the end of a sequence shows in what refers to it. */
function expectAll(name: string, items: readonly unknown[], expected: number): void {
  if (items.length >= expected) return
  throw new Error(
    `has ${items.length} of ${expected} ${name}: the file is damaged; copy it again from where it was written`,
  )
}

/** Of the events in all chunks together. */
function countOf(stats: unknown): number {
  const chunks = isFields(stats) && Array.isArray(stats['chunks']) ? (stats['chunks'] as unknown[]) : []
  const counts = chunks.flatMap((chunk) => (isFields(chunk) ? Object.values(chunk['type_counts'] ?? {}) : []))
  return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0)
}

function lastMessage(event: unknown): number {
  return isFields(event) ? lastOf(event['input_refs']) : 0
}

function lastCall(event: unknown): number {
  return isFields(event) && isFields(event['call']) ? lastOf(event['call']['call_refs']) : 0
}

/** Where the last of ranges `[start, end)` ends. */
function lastOf(ranges: unknown): number {
  const ends = (Array.isArray(ranges) ? ranges : []).map((range: unknown) =>
    Array.isArray(range) ? (range as unknown[])[1] : 0,
  )
  return ends.map((end) => (typeof end === 'number' ? end : 0)).reduce(larger, 0)
}

function larger(a: number, b: number): number {
  return Math.max(a, b)
}

/** Within its sample, which is named beside it: `events/0.json`. */
function shortName({ name }: ZipMember): string {
  return name.slice(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1)
}

function damaged(member: ZipMember, what: string): Error {
  return new Error(`${shortName(member)}: ${what}: the file is damaged; copy it again from where it was written`)
}
