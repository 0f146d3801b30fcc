import { describe, expect, it } from 'vitest'
import { openFile } from '../../src/files/files.ts'
import { ParseThread } from '../../src/inspect/parse-thread.ts'
import { readZipDirectory } from '../../src/inspect/zip-directory.ts'
import { readCompressed } from '../../src/inspect/zip-member.ts'
import { header, sample } from './log-text.ts'
import { readAll } from './read-all.ts'
import { temporaryFile } from './temporary-file.ts'
import { writeZip, type NewMember } from './zip-writer.ts'

/** Lists in lists, too many to be copied by a function that calls itself. */
const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`

async function parseAside(...members: readonly NewMember[]): Promise<unknown[]> {
  const file = await openFile(temporaryFile('a.zip', writeZip(members)))
  try {
    const directory = await readZipDirectory(file)
    return await Promise.all(
      [...directory.values()].map(async (each) => ParseThread.shared!.parse(each, await readCompressed(file, each))),
    )
  } finally {
    await file.close()
  }
}

describe('the thread that parses', () => {
  it('gives what members say, in Inspect’s dialect too', async () => {
    const odd = '\uFEFF{"a": [NaN, -Infinity, -0.0, 12345678901234567890], "__proto__": {"b": "größer 数据"}}'
    const value = { a: [Number.NaN, Number.NEGATIVE_INFINITY, -0, '12345678901234567890'] }
    Object.defineProperty(value, '__proto__', { value: { b: 'größer 数据' }, enumerable: true })
    expect(await parseAside({ name: 'a', data: '[1]', frames: 2 }, { name: 'b', data: odd, method: 8 })).toEqual([
      { value: [1] },
      { value },
    ])
  })

  it('gives nothing for what cannot be had or copied, and goes on', async () => {
    const damaged = { name: 'b', data: '[2]', lie: { crc32: 1 } }
    const members = [{ name: 'a', data: '{"a":' }, damaged, { name: 'c', data: deep }, { name: 'd', data: '[4]' }]
    expect(await parseAside(...members)).toEqual([undefined, undefined, undefined, { value: [4] }])
  })
})

describe('a large log', () => {
  const text = 'größer 数据 '.repeat(300_000)

  function member(id: string, second: number, changes: object = {}): NewMember {
    return { name: `samples/${id}_epoch_1.json`, data: JSON.stringify(sample(id, second, { ...changes, input: text })) }
  }

  it('is read like a small one, with what is wrong in it', async () => {
    const damaged = { ...member('b', 2), lie: { crc32: 1 } }
    const store = `"store":{"deep":${deep}}`
    const nested = { ...member('d', 4), data: String(member('d', 4).data).replace('"store":{}', store) }
    const members = [member('a', 1), damaged, member('c', 3, { target: 'Ω' }), nested, member('e', 5)]
    const path = temporaryFile(
      'log.eval',
      writeZip([...members, { name: 'header.json', data: JSON.stringify(header()) }]),
    )
    const [first, second, third, fourth, fifth] = await readAll(path)
    expect([first, third, fifth]).toEqual([
      sample('a', 1, { input: text }),
      sample('c', 3, { input: text, target: 'Ω' }),
      sample('e', 5, { input: text }),
    ])
    expect(second).toMatchInlineSnapshot(
      `"BAD_LOG log.eval: samples/b_epoch_1.json: has a wrong checksum: the file is damaged; copy it again from where it was written"`,
    )
    expect(fourth).toMatchObject({ id: 'd', input: text })
  })
})
