import { createReadStream } from 'node:fs'
import { messageOf } from '../../errors.ts'
import { isFields } from '../../inspect/fields.ts'
import { parse } from '../../inspect/json.ts'
import type { Dataset } from '../sample.ts'
import { badDataset } from './bad-dataset.ts'
import { fileDataset, type FoundRecord } from './file-dataset.ts'
import type { FileDatasetOptions } from './options.ts'

/** The samples of a file with a JSON object in each line. Empty lines are left out. */
export function jsonlDataset(path: string | URL, options: FileDatasetOptions = {}): Dataset {
  return fileDataset(path, readJsonLines, options)
}

async function* readJsonLines(file: string): AsyncGenerator<FoundRecord> {
  let number = 0
  for await (const line of linesOf(file)) {
    number += 1
    const text = number === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line
    if (text.trim() === '') continue
    const where = `line ${number}`
    yield { record: recordOf(text, `${file}, ${where}`), where }
  }
}

function recordOf(line: string, where: string): { readonly [field: string]: unknown } {
  let value: unknown
  try {
    value = parse(line)
  } catch (error) {
    throw badDataset(where, `is ${messageOf(error)}`, { cause: error })
  }
  if (!isFields(value)) throw badDataset(where, 'is no object')
  return value
}

/** Not by `readline`, for which lines end at U+2028 too, which JSON may hold. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest: string[] = []
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const [first, ...others] = chunk.split('\n') as [string, ...string[]]
    rest.push(first)
    if (others.length === 0) continue
    yield rest.join('')
    rest = [others.pop()!]
    yield* others
  }
  if (rest.length > 0) yield rest.join('')
}
