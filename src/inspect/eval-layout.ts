import { messageOf } from '../errors.ts'
import { asFields, isFields } from './fields.ts'
import type { LogFile } from '../files/log-file.ts'
import type { LogLayout, RawSample, SampleKey, SampleSlot } from './layout.ts'
import { mayHoldAttachments } from './resolve.ts'
import { toSampleKey } from './sample-key.ts'
import { decodeText, parseQuietly, parseText } from './text.ts'
import { readZipDirectory, type ZipMember } from './zip-directory.ts'
import { readZipMember } from './zip-member.ts'

/** A finished log in a ZIP: one member for each sample. */
export async function openEvalLayout(file: LogFile): Promise<LogLayout> {
  const members = await readZipDirectory(file)
  const header = await readHeader(file, headerOf(members))
  const summaries = await readSummaries(file, members.get('summaries.json'))
  return {
    header,
    headerWhere: 'header.json',
    slots: toSlots(file, members, summaries, datasetIds(header)),
    complete: true,
  }
}

function headerOf(members: ReadonlyMap<string, ZipMember>): ZipMember {
  const header = members.get('header.json')
  if (header !== undefined) return header
  throw new Error(
    members.has('_journal/start.json')
      ? 'has no header.json: the run is going on, or it crashed; read the log when the run is finished'
      : 'is a ZIP without header.json, so no log of Inspect; give a log that Inspect wrote',
  )
}

interface Summary {
  readonly key: SampleKey
  readonly completedAt: string | undefined
}

/** By the name of the sample's member. Summaries that cannot be read are no loss: the names say the same. */
async function readSummaries(file: LogFile, member: ZipMember | undefined): Promise<Map<string, Summary>> {
  const summaries = new Map<string, Summary>()
  if (member === undefined) return summaries
  const text = await readZipMember(file, member).then(decodeText, () => undefined)
  const records = parseQuietly(text)
  for (const record of Array.isArray(records) ? records : []) {
    const key = toSampleKey(record)
    if (key === undefined) continue
    const completedAt = asFields(record)['completed_at']
    summaries.set(`samples/${key.id}_epoch_${key.epoch}.json`, {
      key,
      completedAt: typeof completedAt === 'string' ? completedAt : undefined,
    })
  }
  return summaries
}

function toSlots(
  file: LogFile,
  members: ReadonlyMap<string, ZipMember>,
  summaries: ReadonlyMap<string, Summary>,
  ids: ReadonlyMap<string, string | number>,
): SampleSlot[] {
  const slots: SampleSlot[] = []
  const unused = new Map(summaries)
  let unsummarized = 0
  for (const member of members.values()) {
    const [, id, epoch, chunked] = samplePattern.exec(member.name) ?? []
    if (id === undefined) continue
    const name = `samples/${id}_epoch_${epoch}.json`
    const summary = summaries.get(name)
    if (!unused.delete(name)) unsummarized += 1
    slots.push({
      key: summary?.key ?? { id: ids.get(id) ?? id, epoch: Number(epoch) },
      completedAt: summary?.completedAt,
      where: member.name,
      size: member.size,
      load: chunked === undefined ? () => loadMember(file, member) : rejectChunked,
    })
  }
  // When the names of members are not what the summaries lead to expect, the summaries are not to be trusted.
  if (unsummarized > 0) return slots
  return slots.concat(Array.from(unused, ([name, summary]) => missingSlot(name, summary)))
}

/** Ids are not escaped: they may hold slashes, and even `_epoch_`. */
const samplePattern = /^samples\/(.*)_epoch_(\d+)(?:\.json|(\/sample\.json))$/s

/** Names of members do not tell the id `1` from `"1"`. */
function datasetIds(header: unknown): Map<string, string | number> {
  const dataset = isFields(header) && isFields(header['eval']) ? header['eval']['dataset'] : undefined
  const ids = isFields(dataset) && Array.isArray(dataset['sample_ids']) ? dataset['sample_ids'] : []
  return new Map(ids.filter((id) => typeof id === 'number' || typeof id === 'string').map((id) => [String(id), id]))
}

async function loadMember(file: LogFile, member: ZipMember): Promise<RawSample> {
  const text = decodeText(await readZipMember(file, member))
  return { record: parseText(text), condensed: mayHoldAttachments(text) }
}

function rejectChunked(): Promise<RawSample> {
  return Promise.reject(
    new Error('the sample is stored in chunks, which cannot be read yet; rewrite the log with `inspect log convert`'),
  )
}

function missingSlot(name: string, { key, completedAt }: Summary): SampleSlot {
  return {
    key,
    completedAt,
    where: name,
    load() {
      return Promise.reject(
        new Error(
          'is listed in summaries.json but missing: the file is damaged; copy it again from where it was written',
        ),
      )
    },
  }
}

async function readHeader(file: LogFile, member: ZipMember): Promise<unknown> {
  try {
    return parseText(decodeText(await readZipMember(file, member)))
  } catch (error) {
    throw new Error(`${member.name}: ${messageOf(error)}`, { cause: error })
  }
}
