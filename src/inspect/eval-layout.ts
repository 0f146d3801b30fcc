import { badLog } from './bad-log.ts'
import { isFields } from './fields.ts'
import { loadChunkedSample, sizeOfChunks } from './chunked-sample.ts'
import { readEvalHeader } from './eval-header.ts'
import { readSummaries, type Summary } from './eval-summaries.ts'
import type { LogFile } from '../files/log-file.ts'
import type { LogLayout, SampleSlot } from './layout.ts'
import { readMemberJson } from './member-json.ts'
import type { EvalLog } from './records.ts'
import { readZipDirectory, ZipDirectoryError, type ZipMember } from './zip-directory.ts'
import { scanZip } from './zip-scan.ts'

/** A log in a ZIP, finished or not: one member for each sample, or a folder of members for one that is stored in chunks. */
export async function openEvalLayout(file: LogFile): Promise<LogLayout> {
  const { members, damage } = await findMembers(file)
  const found = await readEvalHeader(file, members)
  if (found === undefined)
    throw damage?.cause ?? new Error('is a ZIP, but no log of Inspect; give a log that Inspect wrote')
  const summaries = await readSummaries(file, members)
  const { header, finished } = found
  return {
    format: 'eval',
    header,
    finished,
    slots: toSlots(file, samplePlaces(members), summaries, datasetIds(header)),
    problems: [...(damage ? [damage] : []), ...found.problems].map((problem) => badLog(file.path, undefined, problem)),
  }
}

/** By the directory, or without one by what lies in the file. */
async function findMembers(file: LogFile): Promise<{ members: ReadonlyMap<string, ZipMember>; damage?: Error }> {
  try {
    return { members: await readZipDirectory(file) }
  } catch (error) {
    if (!(error instanceof ZipDirectoryError)) throw error
    const { members, brokenAt } = await scanZip(file)
    const rest = brokenAt === undefined ? '' : `; what begins at byte ${brokenAt} of ${file.size} is not whole`
    const message = `${error.message}${rest}; what could be found in it is read`
    return { members, damage: new Error(message, { cause: error }) }
  }
}

/** The members of one sample, by the rest of their names; that of a sample in one piece is the empty name. */
interface SamplePlace {
  readonly id: string
  readonly epoch: number
  readonly members: Map<string, ZipMember>
}

/** Ids are not escaped: they may hold slashes, and even `_epoch_`. */
const whole = /^samples\/(.*)_epoch_(\d+)\.json$/s
const shell = /^samples\/(.*)_epoch_(\d+)\/sample\.json$/s

/** By `samples/<id>_epoch_<epoch>`, in the order of the file. A sample that was written in both forms is there as the later one. */
function samplePlaces(members: ReadonlyMap<string, ZipMember>): Map<string, SamplePlace> {
  const places = new Map<string, SamplePlace>()
  for (const member of members.values()) {
    const isShell = shell.test(member.name)
    const [, id, epoch] = (isShell ? shell : whole).exec(member.name) ?? []
    if (id === undefined) continue
    const name = `samples/${id}_epoch_${epoch}`
    const rival = places.get(name)?.members.values().next().value
    if (rival && rival.offset > member.offset) continue
    places.delete(name)
    places.set(name, { id, epoch: Number(epoch), members: new Map([[isShell ? 'sample.json' : '', member]]) })
  }
  for (const member of members.values()) {
    const chunk = chunkOf(member.name, places)
    if (chunk) chunk.place.members.set(chunk.rest, member)
  }
  return places
}

/** The sample in chunks to which the member belongs. */
function chunkOf(
  name: string,
  places: ReadonlyMap<string, SamplePlace>,
): { place: SamplePlace; rest: string } | undefined {
  const [, prefix, rest] = /^(samples\/.*_epoch_\d+)\/((?:[a-z]+\/)?[\w.-]+\.json)$/s.exec(name) ?? []
  const place = prefix === undefined ? undefined : places.get(prefix)
  return place?.members.has('sample.json') ? { place, rest: rest! } : undefined
}

function toSlots(
  file: LogFile,
  places: ReadonlyMap<string, SamplePlace>,
  summaries: ReadonlyMap<string, Summary>,
  ids: ReadonlyMap<string, string | number>,
): SampleSlot[] {
  const slots: SampleSlot[] = []
  const unused = new Map(summaries)
  let unsummarized = 0
  for (const [name, { id, epoch, members }] of places) {
    const summary = summaries.get(name)
    if (!unused.delete(name)) unsummarized += 1
    const member = members.get('')
    const last = member ?? members.get('sample.json')!
    slots.push({
      key: summary?.key ?? { id: ids.get(id) ?? id, epoch },
      completedAt: summary?.completedAt,
      where: member?.name ?? name,
      version: `${last.crc32} ${last.size}`,
      size: sizeOfChunks(members.values()),
      load: (aside) => (member ? loadMember(file, member, aside) : loadChunkedSample(file, members)),
    })
  }
  // When the names of members are not what the summaries lead to expect, the summaries are not to be trusted.
  if (unsummarized > 0) return slots
  return slots.concat(Array.from(unused, ([name, summary]) => missingSlot(name, summary)))
}

/** Names of members do not tell the id `1` from `"1"`. */
function datasetIds(header: EvalLog): Map<string, string | number> {
  const ids = header.eval.dataset.sample_ids ?? []
  return new Map(ids.filter((id) => typeof id === 'number' || typeof id === 'string').map((id) => [String(id), id]))
}

async function loadMember(file: LogFile, member: ZipMember, aside: boolean | undefined): Promise<unknown> {
  const record = await readMemberJson(file, member, aside)
  if (isFields(record) && 'message_refs' in record) {
    throw new Error('is what holds a sample in chunks together, under another name; restore the log as it was written')
  }
  return record
}

function missingSlot(name: string, { key, completedAt }: Summary): SampleSlot {
  return {
    key,
    completedAt,
    where: `${name}.json`,
    version: 'missing',
    load() {
      return Promise.reject(
        new Error(
          'is listed in the summaries but missing: the file is damaged; copy it again from where it was written',
        ),
      )
    },
  }
}
