import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { thisWriter } from '../../src/inspect/buffer/folder-writer.ts'
import { lockSet } from '../../src/runner/set/set-lock.ts'
import { temporaryFolders } from './in-folder.ts'

const newFolder = temporaryFolders()

it.each<[string, string | undefined]>([
  ['nobody has', undefined],
  ['somebody has who has ended', JSON.stringify({ ...thisWriter(), start: '1' })],
  ['is there without a word in it', ''],
])('of many that take a lock at once that %s one gets it', async (_, left) => {
  for (let round = 0; round < 30; round += 1) {
    const folder = newFolder()
    if (left !== undefined) writeFileSync(join(folder, '.eval-set-lock'), left)
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => lockSet(folder)))
    const [unlock, ...others] = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(others).toEqual([])
    expect(all.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual(
      Array.from(
        { length: 5 },
        () => expect.stringContaining('logDir: this process works on the eval set in') as string,
      ),
    )
    expect(readdirSync(folder)).toEqual(['.eval-set-lock'])
    await unlock!()
    expect(readdirSync(folder)).toEqual([])
  }
})
