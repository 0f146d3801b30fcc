import { expect, test } from 'vitest'
import { jsonlDataset } from '../../../src/runner/dataset/jsonl-dataset.ts'
import { memoryDataset } from '../../../src/runner/dataset/memory-dataset.ts'
import { readDataset } from '../../../src/runner/dataset/read-dataset.ts'
import type { Sample } from '../../../src/runner/sample.ts'
import { datasetFiles } from './dataset-files.ts'

const files = datasetFiles()

async function* slowly(samples: readonly Sample[]): AsyncGenerator<Sample> {
  yield* samples
}

test('samples without ids get their numbers', async () => {
  const samples: Sample[] = [{ input: 'a' }, { input: 'b', id: 'x' }, { input: 'c', target: ['1', '2'] }]
  const numbered = [
    { input: 'a', id: 1 },
    { input: 'b', id: 'x' },
    { input: 'c', target: ['1', '2'], id: 3 },
  ]
  expect(await readDataset(samples)).toEqual({ name: undefined, location: undefined, samples: numbered })
  expect(await readDataset(slowly(samples))).toEqual({ name: undefined, location: undefined, samples: numbered })
  expect(await readDataset(memoryDataset(samples, { name: 'letters' }))).toEqual({
    name: 'letters',
    location: undefined,
    samples: numbered,
  })
})

test('an empty dataset is refused', async () => {
  await expect(readDataset([])).rejects.toThrow('the dataset: is empty; an iterator gives its samples only once')
})

test('a dataset of a file keeps name and place, and its errors name it', async () => {
  const path = await files.write('sums.jsonl', '{"input": "1+1"}\n{"input": "1+2"}\n')
  expect(await readDataset(jsonlDataset(path))).toEqual({
    name: 'sums',
    location: path,
    samples: [
      { input: '1+1', target: '', id: 1 },
      { input: '1+2', target: '', id: 2 },
    ],
  })
  const twice = await files.write('twice.jsonl', '{"input": "a", "id": 1}\n{"input": "b", "id": "1"}\n')
  await expect(readDataset(jsonlDataset(twice))).rejects.toThrow(
    `${twice}, sample 2: has the id '1' of sample 1; give each its own, or none at all`,
  )
})

test.each<[sample: unknown, problem: string]>([
  [undefined, 'is no sample; give an object with an input'],
  [{}, "has no 'input'; give a string or a list of messages, or name its field in 'sampleFields'"],
  [{ input: [] }, "has no 'input'; give a string or a list of messages, or name its field in 'sampleFields'"],
  [{ input: ['q'] }, "'input[0]' is no message"],
  [{ input: 'q', id: 1.5 }, "'id' is no string and no whole number"],
  [{ input: 'q', target: 5 }, "'target' is no string and no list of strings"],
  [{ input: 'q', target: ['a', 5] }, "'target' is no string and no list of strings"],
  [{ input: 'q', choices: 'A' }, "'choices' is no list of strings"],
  [{ input: 'q', description: 1 }, "'description' is no string"],
  [{ input: 'q', metadata: [] }, "'metadata' is no object"],
])('a sample such as %j is told', async (sample, problem) => {
  const samples = [{ input: 'q' }, sample] as Sample[]
  await expect(readDataset(samples)).rejects.toThrow(`the dataset, sample 2: ${problem}`)
  await expect(readDataset(memoryDataset(samples, { name: 'odd' }))).rejects.toThrow(
    `dataset 'odd', sample 2: ${problem}`,
  )
})

test('ids are unique, also those that come of numbers', async () => {
  await expect(readDataset([{ input: 'a', id: 2 }, { input: 'b' }])).rejects.toThrow(
    "the dataset, sample 2: has the id '2' of sample 1; give each its own, or none at all",
  )
})

test('asks an iterator for no more samples than it is to give, and ends it', async () => {
  const ended: string[] = []
  function* endless() {
    try {
      for (;;) yield { input: 'a' }
    } finally {
      ended.push('ended')
    }
  }
  const { samples } = await readDataset(endless(), 3)
  expect([samples.map(({ id }) => id), ended]).toEqual([[1, 2, 3], ['ended']])
  expect((await readDataset([{ input: 'a' }, { input: 'b' }], 1)).samples).toHaveLength(2)
})

test('says after which sample an iterator failed', async () => {
  const cause = new Error('in the middle')
  function* failing() {
    yield { input: 'a' }
    throw cause
  }
  await expect(readDataset(failing())).rejects.toMatchObject({
    code: 'BAD_DATASET',
    message: 'the dataset, after sample 1: its iterator failed: in the middle',
    cause,
  })
})
