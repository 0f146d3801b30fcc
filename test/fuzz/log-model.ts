import { parse, stringify } from '../../src/inspect/json.ts'
import { lineModel } from './line-model.ts'
import { dataOf, nameOf, newMember, readZip, writeZip, type Region, type ZipModel } from './zip-model.ts'

/** A piece of a log that is JSON by itself. */
export interface Part {
  /** Of the member; of the list's element, `samples[3]`, in a JSON log; of the line in an event log. */
  readonly name: string
  readonly role: 'header' | 'sample' | 'summaries' | 'other' | 'line'
  /** Of a sample's part: `ID_epoch_N`. */
  readonly sample?: string
  readonly text: string
}

/** A log taken apart: what mutations work on. */
export interface LogModel {
  /** Undefined for a log that is none. */
  readonly zip: ZipModel | undefined
  readonly parts: readonly Part[]
  /** The log with other texts in place of some parts; undefined takes a part out. */
  write(changes?: ReadonlyMap<Part, string | undefined>): {
    readonly bytes: Buffer
    readonly regions: readonly Region[]
  }
}

export function modelOf(name: string, bytes: Buffer): LogModel {
  if (name.endsWith('.jsonl')) return lineModel(bytes.toString('utf8'))
  if (name.endsWith('.db')) return wholeModel(bytes)
  return bytes[0] === 0x50 ? zipModel(bytes) : jsonModel(bytes.toString('utf8'))
}

/** A database, whose bytes alone are damaged: the records in it are there as they are. */
function wholeModel(bytes: Buffer): LogModel {
  const regions = [{ start: 0, end: bytes.length, what: 'database' }]
  return { zip: undefined, parts: [], write: () => ({ bytes, regions }) }
}

const samplePattern = /^samples\/(.*_epoch_\d+)(?:\.json|\/.*)$/s

/** Of which sample a member holds something. */
export function sampleOfMember(name: string): string | undefined {
  return samplePattern.exec(name)?.[1]
}

function zipModel(bytes: Buffer): LogModel {
  const zip = readZip(bytes)
  const finished = zip.members.some((member) => nameOf(member) === 'header.json')
  const parts = zip.members.map((member): Part => {
    const name = nameOf(member)
    const sample = sampleOfMember(name)
    const isHeader = name === (finished ? 'header.json' : '_journal/start.json')
    const isSummaries = finished ? name === 'summaries.json' : name.startsWith('_journal/summaries/')
    return {
      name,
      role: isHeader ? 'header' : sample !== undefined ? 'sample' : isSummaries ? 'summaries' : 'other',
      ...(sample !== undefined && { sample }),
      text: dataOf(member).toString('utf8'),
    }
  })
  return {
    zip,
    parts,
    write(changes = new Map()) {
      const members = zip.members.flatMap((member, index) => {
        const part = parts[index]!
        if (!changes.has(part)) return [member]
        const text = changes.get(part)
        return text === undefined ? [] : [newMember(part.name, text, member.central.method)]
      })
      return writeZip({ ...zip, members })
    },
  }
}

function jsonModel(text: string): LogModel {
  const {
    samples = [],
    reductions,
    ...header
  } = parse(text) as {
    samples?: { id: string | number; epoch: number }[]
    reductions?: unknown
  }
  const parts: Part[] = [
    { name: 'header', role: 'header', text: stringify(header) },
    ...samples.map((sample, index): Part => ({
      name: `samples[${index}]`,
      role: 'sample',
      sample: `${sample.id}_epoch_${sample.epoch}`,
      text: stringify(sample),
    })),
    { name: 'reductions', role: 'other', text: stringify(reductions ?? []) },
  ]
  return { zip: undefined, parts, write: (changes = new Map()) => writeJson(parts, changes) }
}

function writeJson(
  parts: readonly Part[],
  changes: ReadonlyMap<Part, string | undefined>,
): { bytes: Buffer; regions: Region[] } {
  const pieces: Buffer[] = []
  const regions: Region[] = []
  let offset = 0
  const add = (text: string, what?: string): void => {
    const piece = Buffer.from(text)
    pieces.push(piece)
    if (what !== undefined) regions.push({ start: offset, end: offset + piece.length, what })
    offset += piece.length
  }
  const textOf = (part: Part): string | undefined => (changes.has(part) ? changes.get(part) : part.text)
  const [header, ...others] = parts
  // The header's fields stand beside the samples.
  add((textOf(header!) ?? '{}').replace(/\}\s*$/, ''), 'header')
  add(',"samples":[')
  let first = true
  for (const part of others) {
    const text = textOf(part)
    if (part.role === 'other') {
      add(']')
      if (text !== undefined) add(`,"reductions":${text}`, part.name)
    } else if (text !== undefined) {
      if (!first) add(',')
      first = false
      add(text, part.name)
    }
  }
  add('}')
  return { bytes: Buffer.concat(pieces), regions }
}
