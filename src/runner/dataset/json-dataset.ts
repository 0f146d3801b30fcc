import { readFile } from 'node:fs/promises'
import { isFields } from '../../inspect/fields.ts'
import { decodeText } from '../../inspect/text.ts'
import { parse } from '../../inspect/json.ts'
import type { Dataset } from '../sample.ts'
import { badDataset } from './bad-dataset.ts'
import { fileDataset, type FoundRecord } from './file-dataset.ts'
import { jsonlDataset } from './jsonl-dataset.ts'
import type { FileDatasetOptions } from './options.ts'

/**
 * The samples of a JSON file: a list of objects, or one. It is read at once; for more than half a gigabyte take JSON
 * Lines, which a file whose name ends with `.jsonl` is taken for.
 */
export function jsonDataset(path: string | URL, options: FileDatasetOptions = {}): Dataset {
  if (/\.jsonl$/i.test(String(path))) return jsonlDataset(path, options)
  return fileDataset(path, readJson, options)
}

async function* readJson(file: string): AsyncGenerator<FoundRecord> {
  const value = parse(decodeText(await readFile(file)))
  const records: readonly unknown[] = Array.isArray(value) ? value : [value]
  for (const [index, record] of records.entries()) {
    const where = `record ${index + 1}`
    if (!isFields(record)) throw badDataset(`${file}, ${where}`, 'is no object')
    yield { record, where }
  }
}
