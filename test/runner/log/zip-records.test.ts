import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openFile } from '../../../src/files/files.ts'
import { readZipDirectory, type ZipMember } from '../../../src/inspect/zip-directory.ts'
import { readZipMember } from '../../../src/inspect/zip-member.ts'
import { localHeader, zipDirectory } from '../../../src/runner/log/zip-records.ts'
import { zipMember } from '../../../src/runner/log/zip-member.ts'
import { temporaryFile, temporaryFolder } from '../../inspect/temporary-file.ts'

/** The members, and what the last one holds. */
async function read(path: string): Promise<{ members: ZipMember[]; last: string }> {
  const file = await openFile(path)
  try {
    const members = [...(await readZipDirectory(file)).values()]
    return { members, last: (await readZipMember(file, members.at(-1)!)).toString() }
  } finally {
    await file.close()
  }
}

it('lists more members than fit into the fields of 1989', async () => {
  const { frames, ...entry } = await zipMember('same', 'what it holds')
  const start = Buffer.concat([localHeader(entry), ...frames])
  const names = Array.from({ length: 70_000 }, (_, index) => `samples/${index}_epoch_1.json`)
  const directory = zipDirectory(
    names.map((name) => ({ ...entry, name, offset: 0 })),
    start.length,
  )
  const { members, last } = await read(temporaryFile('many.eval', Buffer.concat([start, directory])))
  expect(members.map(({ name }) => name)).toEqual(names)
  expect(last).toBe('what it holds')
})

it('lists what lies beyond 4 GiB', async () => {
  const { frames, ...entry } = await zipMember('samples/far_epoch_1.json', 'what it holds')
  const offset = 5 * 2 ** 30
  const path = join(temporaryFolder(), 'sparse.eval')
  const file = openSync(path, 'w')
  // All before it is a hole, which takes no room on the disk.
  ftruncateSync(file, offset)
  const bytes = Buffer.concat([localHeader(entry), ...frames])
  writeSync(file, bytes, 0, bytes.length, offset)
  const directory = zipDirectory([{ ...entry, offset }], offset + bytes.length)
  writeSync(file, directory, 0, directory.length, offset + bytes.length)
  closeSync(file)
  const { members, last } = await read(path)
  expect(members).toMatchObject([{ name: 'samples/far_epoch_1.json', offset }])
  expect(last).toBe('what it holds')
})
