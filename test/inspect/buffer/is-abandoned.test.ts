import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBuffers } from '../../../src/inspect/buffer/find-buffers.ts'
import { thisWriter, type FolderWriter } from '../../../src/inspect/buffer/folder-writer.ts'
import { isAbandoned } from '../../../src/inspect/buffer/is-abandoned.ts'
import { processStart } from '../../../src/processes.ts'
import { temporaryFolder, WrittenBuffer } from './written-buffer.ts'

/** No process has it: beyond what Linux gives. */
const deadPid = 2 ** 22 + 1

/** In seconds; endless where nobody tells. */
const ageOfFirst = processStart(1) === undefined ? Infinity : uptime() - Number(processStart(1)) / 100

async function abandoned(pid: number, silentFor: number): Promise<boolean> {
  const written = new WrittenBuffer({ pid })
  written.age(silentFor)
  const [place] = await findBuffers(written.logPath, written.env)
  return await isAbandoned(place!)
}

describe('a buffer', () => {
  it('whose process is not seen from here is abandoned when nothing is written any more', async () => {
    expect(await abandoned(deadPid, 0)).toBe(false)
    expect(await abandoned(deadPid, 110)).toBe(false)
    expect(await abandoned(deadPid, 121)).toBe(true)
  })

  it('of a disk whose clock is ahead is not abandoned', async () => {
    expect(await abandoned(deadPid, -1000)).toBe(false)
  })

  // The first process of a machine that has only just begun cannot have been silent for so long.
  it.runIf(ageOfFirst > 200)('whose process is there is not abandoned, however long it is silent', async () => {
    expect(await abandoned(1, 121)).toBe(false)
  })

  it.runIf(process.platform === 'linux')('is abandoned when its number is that of a later process', async () => {
    expect(await abandoned(process.pid, 0)).toBe(false)
    expect(await abandoned(process.pid, process.uptime() + 130)).toBe(true)
  })

  it('that Inspect removed is not abandoned', async () => {
    const written = new WrittenBuffer({ pid: deadPid })
    const [place] = await findBuffers(written.logPath, written.env)
    rmSync(written.path)
    expect(await isAbandoned(place!)).toBe(false)
  })

  it('that is a folder of Inspect is never abandoned', async () => {
    expect(await isAbandoned({ kind: 'folder', path: '/nowhere', written: 0 })).toBe(false)
    expect(await folderAbandoned(undefined, 1000)).toBe(false)
  })

  it.runIf(process.platform === 'linux')('of our runner is abandoned as soon as its process is gone', async () => {
    const own = thisWriter()
    expect(await folderAbandoned(own, 1000)).toBe(false)
    expect(await folderAbandoned({ ...own, pid: deadPid }, 0)).toBe(true)
    // Its number is used again.
    expect(await folderAbandoned({ ...own, start: '1' }, 0)).toBe(true)
  })

  it('of our runner elsewhere is abandoned when nothing is written any more', async () => {
    for (const place of ['another one', undefined]) {
      expect(await folderAbandoned({ pid: deadPid, start: '1', place }, 110)).toBe(false)
      expect(await folderAbandoned({ pid: deadPid, start: '1', place }, 121)).toBe(true)
      expect(await folderAbandoned({ pid: process.pid, start: '1', place }, 0)).toBe(false)
    }
  })
})

async function folderAbandoned(writer: FolderWriter | undefined, silentFor: number): Promise<boolean> {
  const folder = temporaryFolder()
  if (writer) writeFileSync(join(folder, 'evalspan.json'), JSON.stringify(writer))
  writeFileSync(join(folder, 'manifest.json'), '{}')
  const time = Date.now() / 1000 - silentFor
  utimesSync(join(folder, 'manifest.json'), time, time)
  return await isAbandoned({ kind: 'folder', path: folder, written: 0 })
}
