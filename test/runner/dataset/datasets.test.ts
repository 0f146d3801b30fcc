import { createWriteStream, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { EvalspanError } from '../../../src/errors.ts'
import { csvDataset, type CsvDatasetOptions } from '../../../src/runner/dataset/csv-dataset.ts'
import { jsonDataset } from '../../../src/runner/dataset/json-dataset.ts'
import { jsonlDataset } from '../../../src/runner/dataset/jsonl-dataset.ts'
import type { Dataset, Sample } from '../../../src/runner/sample.ts'
import { datasetFiles } from './dataset-files.ts'

const files = datasetFiles()

// From Inspect itself: `datasets.py` beside the file has it read these datasets.
const cases = JSON.parse(
  readFileSync(new URL('../../fixtures/runner/datasets.json', import.meta.url), 'utf8'),
) as readonly {
  readonly file: string
  readonly content: string
  readonly options: CsvDatasetOptions & { readonly auto_id?: boolean; readonly fieldnames?: readonly string[] }
  readonly expected: { readonly error: string } | { readonly name: string; readonly samples: readonly Sample[] }
}[]

const samplesOf = async ({ samples }: Dataset): Promise<Sample[]> => Array.fromAsync(samples)

test.each(cases)('reads $file as Inspect does', async ({ file, content, options, expected }) => {
  const path = await files.write(file, content)
  const { auto_id: autoId, fieldnames: fieldNames, ...others } = options
  const read = /\.[ct]sv$/.test(file) ? csvDataset : jsonDataset
  const dataset = read(path, { ...others, autoId, fieldNames })
  if ('error' in expected) {
    const error = await samplesOf(dataset).catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(EvalspanError)
    expect((error as Error).message).toContain(path)
    return
  }
  expect({ ...dataset, samples: await samplesOf(dataset) }).toEqual({ ...expected, location: path })
})

test.each<[file: string, content: string, problem: string]>([
  [
    'a.json',
    '[{"input": "q"}, {"target": "a"}]',
    "record 2: has no 'input', which is the input; add it, or name another field in 'sampleFields'",
  ],
  ['a.json', '[{"input": "q"}, 5]', 'record 2: is no object'],
  ['a.json', '[{"input": "q"', 'cannot be read: not valid JSON: the list does not end'],
  ['a.jsonl', '{"input": "q"}\n\n{"input": }\n', 'line 3: is not valid JSON at position 10'],
  ['a.jsonl', '{"input": "q"}\n[]', 'line 2: is no object'],
  [
    'a.jsonl',
    '{"input": 5}',
    "line 1: has no 'input'; give a string or a list of messages, or name its field in 'sampleFields'",
  ],
  [
    'a.jsonl',
    '{"input": [{"role": "user", "content": "q"}, {"role": "robot"}]}',
    "line 1: 'input[1]' has no role; it is one of 'system', 'user', 'assistant' and 'tool'",
  ],
  [
    'a.jsonl',
    '{"input": [{"role": "user", "content": [{"text": "q"}]}]}',
    "line 1: 'input[0]' has no content; it is a string or a list of parts with a type",
  ],
  ['a.jsonl', '{"input": "q", "id": true}', "line 1: 'id' is no string and no whole number"],
  ['a.jsonl', '{"input": "q", "metadata": "{]"}', "line 1: 'metadata' is not valid JSON at position 1"],
  [
    'a.jsonl',
    '{"input": "q", "metadata": [1]}',
    "line 1: 'metadata' is no object; name the fields that are metadata in 'fields.metadata'",
  ],
  [
    'a.csv',
    'input,target\n"two\nlines",a\nq\n',
    'line 4: has 1 fields, and there are 2 columns (input, target); quote fields with the delimiter or a line break in them',
  ],
  [
    'a.csv',
    'input,target\n"q,a\n',
    'cannot be read: Quote Not Closed: the parsing is finished with an opening quote at line 2',
  ],
])('an error names the file, the place and the field: %s %s', async (file, content, problem) => {
  const path = await files.write(file, content)
  const dataset = file.endsWith('csv') ? csvDataset(path) : jsonDataset(path)
  const separator = problem.startsWith('cannot') ? ': ' : ', '
  await expect(samplesOf(dataset)).rejects.toThrow(new EvalspanError('BAD_DATASET', `${path}${separator}${problem}`))
})

test.each([jsonDataset, jsonlDataset, csvDataset])('a file that is not there is named', async (read) => {
  const path = files.path('none')
  await expect(samplesOf(read(path))).rejects.toThrow(`${path}: cannot be read: ENOENT`)
})

test('a function makes samples of records: one, several or none', async () => {
  const path = await files.write('a.jsonl', '{"q": ["one", "two"]}\n{"q": []}\n{"q": ["three"]}\n')
  const fields = ({ q }: { readonly [field: string]: unknown }): Sample[] =>
    (q as string[]).map((input) => ({ input, target: input.toUpperCase() }))
  expect(await samplesOf(jsonlDataset(path, { sampleFields: fields, autoId: true }))).toEqual([
    { input: 'one', target: 'ONE', id: 1 },
    { input: 'two', target: 'TWO', id: 2 },
    { input: 'three', target: 'THREE', id: 3 },
  ])
  expect(await samplesOf(jsonlDataset(path, { sampleFields: () => ({ input: 'q' }), limit: 1 }))).toEqual([
    { input: 'q' },
  ])
})

test('an error of such a function, or in what it makes, names the record', async () => {
  const path = await files.write('a.jsonl', '{"q": 1}\n')
  const failing = (): Sample => {
    throw new TypeError('q is no string')
  }
  await expect(samplesOf(jsonlDataset(path, { sampleFields: failing }))).rejects.toThrow(
    `${path}, line 1: 'sampleFields' failed: q is no string`,
  )
  const fields = ({ q }: { readonly [field: string]: unknown }): Sample => ({ input: 'q', target: q as string })
  await expect(samplesOf(jsonlDataset(path, { sampleFields: fields }))).rejects.toThrow(
    `${path}, line 1: 'target' is no string and no list of strings`,
  )
})

test('choices are put in the order in which Inspect puts them for a seed, and targets with them', async () => {
  const records = [
    { input: 'q1', choices: ['a', 'b', 'c', 'd'], target: 'B' },
    { input: 'q2', target: 'x' },
    { input: 'q3', choices: ['a', 'b', 'c'], target: ['A', 'C'] },
  ]
  const path = await files.write('choices.jsonl', records.map((record) => JSON.stringify(record)).join('\n'))
  const samples = await samplesOf(jsonlDataset(path, { shuffleChoices: 7 }))
  expect(samples.map(({ choices, target }) => [choices, target])).toEqual([
    [['d', 'b', 'a', 'c'], 'B'],
    [undefined, 'x'],
    [
      ['b', 'a', 'c'],
      ['B', 'C'],
    ],
  ])
  const odd = await files.write(
    'odd.jsonl',
    JSON.stringify({ id: 'q4', input: 'q', choices: ['a', 'b'], target: 'a, b' }),
  )
  await expect(samplesOf(jsonlDataset(odd, { shuffleChoices: true }))).rejects.toThrow(
    'sample q4: its choices cannot be shuffled: a, b names no choice',
  )
})

test('a dataset can be read again, also by URL, and a shuffled one stays whole', async () => {
  const inputs = Array.from({ length: 50 }, (_, index) => `question ${index}`)
  const path = await files.write('a.jsonl', inputs.map((input) => JSON.stringify({ input })).join('\n'))
  const dataset = jsonDataset(pathToFileURL(path))
  expect(await samplesOf(dataset)).toEqual(await samplesOf(dataset))
  const shuffled = await samplesOf(jsonlDataset(path, { shuffle: true }))
  expect(shuffled.map(({ input }) => input)).not.toEqual(inputs)
  expect(new Set(shuffled.map(({ input }) => input))).toEqual(new Set(inputs))
  expect(shuffled.length).toBe(inputs.length)
})

test('the end of a large file is not read when a limit is reached', async () => {
  for (const [name, read, line, start] of [
    ['large.json', jsonDataset, `${JSON.stringify({ input: 'x'.repeat(1000) })},\n`, '['],
    ['large.jsonl', jsonlDataset, `${JSON.stringify({ input: 'x'.repeat(1000) })}\n`, ''],
    ['large.csv', csvDataset, `${'x'.repeat(1000)}\n`, 'input\n'],
  ] as const) {
    const path = files.path(name)
    const file = createWriteStream(path)
    file.write(start)
    for (let count = 0; count < 20_000; count += 1) file.write(line)
    // Which nobody can read.
    file.end('"{"broken')
    // oxlint-disable-next-line no-await-in-loop -- one file after the other
    await once(file, 'close')
    // oxlint-disable-next-line no-await-in-loop -- one file after the other
    const samples = await samplesOf(read(path, { limit: 3 }))
    expect(samples.map(({ input }) => input.length)).toEqual([1000, 1000, 1000])
  }
})

test('limits and seeds that mean nothing are refused', () => {
  expect(() => jsonDataset('a.json', { limit: -1 })).toThrow('is no number from 0')
  expect(() => jsonDataset('a.json', { shuffle: 1.5 })).toThrow('the seed 1.5 for shuffling is no whole number from 0')
})

test.each<[string, () => unknown, string]>([
  [
    'jsonlDataset',
    () => jsonlDataset('a.jsonl', { fields: {} } as never),
    'fields is no option; there are sampleFields, name, limit, autoId, shuffle',
  ],
  [
    'csvDataset',
    () => csvDataset('a.csv', { delimeter: ';' } as never),
    'delimeter is no option; did you mean delimiter?',
  ],
])('%s refuses an option that it does not know', (_what, make, message) => {
  expect(make).toThrow(message)
})
