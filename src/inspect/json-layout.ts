import { constants } from 'node:buffer'
import { messageOf } from '../errors.ts'
import { badLog } from './bad-log.ts'
import { JsonLogScanner, type ByteRange, type ScannedSample } from './json-log-scanner.ts'
import type { LogFile } from '../files/log-file.ts'
import type { LogLayout, SampleSlot } from './layout.ts'
import { migrateHeader, type MigratedHeader } from './migrate.ts'
import { toSampleKey } from './sample-key.ts'
import { decodeText, parseQuietly, parseText } from './text.ts'

const chunkSize = 1024 * 1024

/** A log in one JSON object: one pass finds its parts, and each sample is read when its turn comes. */
export async function openJsonLayout(file: LogFile): Promise<LogLayout> {
  const scanner = await scan(file)
  if (scanner.end === undefined && !scanner.reachedSamples) {
    throw new Error(`${lossOf(file, scanner, ' in its header')}; copy it again from where it was written`)
  }
  const slots = lastOfEach(scanner.samples.map((sample, index) => toSlot(file, sample, index)))
  const isCut = scanner.end === undefined && scanner.inSamples
  if (isCut) slots.push(cutOffSlot(file, scanner))
  const { header, problems } = await readHeader(file, scanner.header)
  const stray = isCut ? undefined : await strayRest(file, scanner)
  return {
    format: 'json',
    header,
    // Such a log is written anew as a whole whenever some samples are finished; one that is cut off may be half copied.
    finished: scanner.end !== undefined && header.status !== 'started',
    slots,
    problems: [
      ...problems.map((problem) => badLog(file.path, 'the header', problem)),
      ...(stray === undefined ? [] : [badLog(file.path, undefined, stray)]),
    ],
  }
}

/** Something comes after the log's end: a bracket too many closed it early, or it was written over another file. */
async function strayRest(file: LogFile, scanner: JsonLogScanner): Promise<Error | undefined> {
  const { end } = scanner
  if (end === undefined) {
    return scanner.brokenAt === undefined ? undefined : new Error(`${lossOf(file, scanner)}, and what followed is lost`)
  }
  for (let position = end; position < file.size; position += chunkSize) {
    const bytes = await file.read(position, Math.min(chunkSize, file.size - position))
    // Some file systems fill up with zeros.
    const found = bytes.findIndex((byte) => byte > 0x20)
    if (found !== -1) {
      return new Error(`ends early: what comes from byte ${position + found} on is lost; copy the log again`)
    }
  }
  return undefined
}

function lossOf({ size }: LogFile, { brokenAt }: JsonLogScanner, where = ''): string {
  return brokenAt === undefined
    ? `is cut off${where}, after ${size} bytes`
    : `is damaged${where}: at byte ${brokenAt} a bracket is closed that is not open`
}

async function scan(file: LogFile): Promise<JsonLogScanner> {
  const start = (await file.read(0, 1))[0] === 0xef ? 3 : 0
  const scanner = new JsonLogScanner(start)
  for (let position = start; position < file.size && !scanner.over; position += chunkSize) {
    scanner.push(await file.read(position, Math.min(chunkSize, file.size - position)))
  }
  return scanner
}

async function readHeader(file: LogFile, fields: readonly ByteRange[]): Promise<MigratedHeader> {
  try {
    const texts: string[] = []
    for (const field of fields) texts.push(await readRange(file, field))
    return migrateHeader(parseText(`{${texts.join(',')}}`))
  } catch (error) {
    throw new Error(`the header: ${messageOf(error)}`, { cause: error })
  }
}

async function readRange(file: LogFile, { start, end }: ByteRange): Promise<string> {
  const length = end - start
  if (length > constants.MAX_STRING_LENGTH) {
    throw new Error(`has ${length} bytes; no more than ${constants.MAX_STRING_LENGTH} can be read at once`)
  }
  return decodeText(await file.read(start, length))
}

function toSlot(file: LogFile, sample: ScannedSample, index: number): SampleSlot {
  const { completed_at, ...key } = notedFields(sample.fields)
  const completedAt = typeof completed_at === 'string' ? completed_at : undefined
  return {
    key: toSampleKey(key),
    completedAt,
    where: `samples[${index}]`,
    version: `${sample.end - sample.start} ${completedAt}`,
    load: async () => parseText(await readRange(file, sample)),
  }
}

function cutOffSlot(file: LogFile, scanner: JsonLogScanner): SampleSlot {
  return {
    key: scanner.openFields && toSampleKey(notedFields(scanner.openFields)),
    completedAt: undefined,
    where: `samples[${scanner.samples.length}]`,
    version: 'cut off',
    load() {
      return Promise.reject(new Error(`${lossOf(file, scanner)}, and what followed is lost; copy the log again`))
    },
  }
}

function notedFields(fields: ReadonlyMap<string, string>): { [name: string]: unknown } {
  return Object.fromEntries([...fields].map(([name, text]) => [name, parseQuietly(text)]))
}

/** A sample that was run again is there twice; the last one counts. */
function lastOfEach(slots: readonly SampleSlot[]): SampleSlot[] {
  const last = new Map<unknown, SampleSlot>()
  for (const slot of slots) {
    const identity = slot.key === undefined ? slot : JSON.stringify([slot.key.id, slot.key.epoch])
    last.delete(identity)
    last.set(identity, slot)
  }
  return [...last.values()]
}
