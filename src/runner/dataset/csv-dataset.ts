import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { parse, type Info } from 'csv-parse'
import type { Dataset } from '../sample.ts'
import { strip } from '../text/python-text.ts'
import { badDataset } from './bad-dataset.ts'
import { fileDataset, type FoundRecord } from './file-dataset.ts'
import { fileDatasetOptions, type FileDatasetOptions } from './options.ts'

export interface CsvDatasetOptions extends FileDatasetOptions {
  /** What is between the fields; a comma when left out, a tab in files that end with `.tsv` or `.tab`. */
  readonly delimiter?: string | undefined
  /** The names of the columns, for a file that does not begin with them. */
  readonly fieldNames?: readonly string[] | undefined
}

const csvOptions = { ...fileDatasetOptions, delimiter: true, fieldNames: true } satisfies Record<
  keyof CsvDatasetOptions,
  true
>

/** The samples of a table as text. Empty rows are left out; all others have as many fields as there are columns. */
export function csvDataset(path: string | URL, options: CsvDatasetOptions = {}): Dataset {
  return fileDataset(path, (file) => readCsv(file, options), options, csvOptions)
}

async function* readCsv(file: string, options: CsvDatasetOptions): AsyncGenerator<FoundRecord> {
  let names = options.fieldNames
  for await (const { row, line } of rowsOf(file, options.delimiter ?? delimiterOf(file))) {
    if (!names) {
      names = row
      continue
    }
    const where = `line ${line}`
    if (row.length !== names.length) {
      const problem = `has ${row.length} fields, and there are ${names.length} columns (${names.join(', ')})`
      throw badDataset(`${file}, ${where}`, `${problem}; quote fields with the delimiter or a line break in them`)
    }
    if (row.every((field) => strip(field) === '')) continue
    yield { record: Object.fromEntries(names.map((name, index) => [name, row[index]])), where }
  }
}

/** Each row, and the line that it ends in. */
async function* rowsOf(file: string, delimiter: string): AsyncGenerator<{ row: readonly string[]; line: number }> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  })
  const source = createReadStream(file)
  source.on('error', (error) => parser.destroy(error))
  try {
    const rows = source.pipe(parser) as AsyncIterable<{ record: readonly string[]; info: Info }>
    for await (const { record, info } of rows) yield { row: record, line: info.lines }
  } finally {
    source.destroy()
  }
}

function delimiterOf(file: string): string {
  return ['.tsv', '.tab'].includes(extname(file).toLowerCase()) ? '\t' : ','
}
