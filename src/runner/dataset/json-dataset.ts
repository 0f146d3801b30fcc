import type { Dataset } from '../sample.ts'
import { fileDataset, type FoundRecord } from './file-dataset.ts'
import { jsonElements } from './json-elements.ts'
import { jsonlDataset } from './jsonl-dataset.ts'
import type { FileDatasetOptions } from './options.ts'
import { parseRecord } from './parse-record.ts'
import { readText } from './read-text.ts'

/** The samples of a JSON file: a list of objects, or one. A file whose name ends with `.jsonl` has one in each line. */
export function jsonDataset(path: string | URL, options: FileDatasetOptions = {}): Dataset {
  if (/\.jsonl$/i.test(String(path))) return jsonlDataset(path, options)
  return fileDataset(path, readJson, options)
}

async function* readJson(file: string): AsyncGenerator<FoundRecord> {
  let number = 0
  for await (const text of jsonElements(readText(file))) {
    number += 1
    const where = `record ${number}`
    yield { record: parseRecord(text, `${file}, ${where}`), where }
  }
}
