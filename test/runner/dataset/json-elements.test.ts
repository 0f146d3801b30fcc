import { expect, test } from 'vitest'
import { jsonElements } from '../../../src/runner/dataset/json-elements.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const elementsOf = async (text: string, size = text.length): Promise<string[]> =>
  Array.fromAsync(jsonElements(inPieces(text, size)))

test.each([1, 2, 3, 7, 1000])('the elements of a list are found in pieces of %i characters', async (size) => {
  const values = [
    { a: 'x, ] } [ {', b: [1, [2, { c: '\\' }], '"'], d: {} },
    'a "quoted" \\ word\\"',
    [],
    -1.5,
    null,
    [[['deep', ','], {}]],
    '\\\\',
  ]
  for (const text of [JSON.stringify(values), ` ${JSON.stringify(values, undefined, 2)}\n`]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const elements = await elementsOf(text, size)
    expect(elements.map((element) => JSON.parse(element))).toEqual(values)
  }
})

test('what is no list is given whole', async () => {
  expect(await elementsOf(' {"a": [1, 2]}\n', 4)).toEqual([' {"a": [1, 2]}\n'])
  expect(await elementsOf('5, 6')).toEqual(['5, 6'])
  expect(await elementsOf('')).toEqual([''])
  expect(await elementsOf('  ')).toEqual(['  '])
})

test('a list may be empty, but no element of it', async () => {
  expect(await elementsOf('[]')).toEqual([])
  expect(await elementsOf('[ \n ] ', 2)).toEqual([])
  expect(await elementsOf('[1,,2, ]')).toEqual(['1', '', '2', ' '])
  expect(await elementsOf('[,]')).toEqual(['', ''])
})

test('a list ends, and nothing comes after it', async () => {
  await expect(elementsOf('[1, [2]')).rejects.toThrow('not valid JSON: the list does not end')
  await expect(elementsOf('["1, 2]')).rejects.toThrow('not valid JSON: the list does not end')
  await expect(elementsOf('[1] 2')).rejects.toThrow('not valid JSON: something comes after the list')
  await expect(elementsOf('[1][2]', 3)).rejects.toThrow('not valid JSON: something comes after the list')
})
