import { linesOf } from '../../inspect/lines.ts'
import type { Dataset } from '../sample.ts'
import { fileDataset, type FoundRecord } from './file-dataset.ts'
import type { FileDatasetOptions } from './options.ts'
import { parseRecord } from './parse-record.ts'
import { readText } from './read-text.ts'

/** The samples of a file with a JSON object in each line. Empty lines are left out. */
export function jsonlDataset(path: string | URL, options: FileDatasetOptions = {}): Dataset {
  return fileDataset(path, readJsonLines, options)
}

async function* readJsonLines(file: string): AsyncGenerator<FoundRecord> {
  let number = 0
  for await (const line of linesOf(readText(file))) {
    number += 1
    const where = `line ${number}`
    if (line.trim() !== '') yield { record: parseRecord(line, `${file}, ${where}`), where }
  }
}
