import { rmSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { outboxPlaces } from '../delivery/index.ts'
import { openDatabase } from '../delivery/outbox/database.ts'
import { messageOf } from '../errors.ts'
import type { Finding } from './doctor-report.ts'

/** Below this, an eval with content may fill the disk in no time. */
const leastFree = 100 * 2 ** 20

/** Where what waits for its destination is kept, and whether that can work. */
export async function checkOutbox(): Promise<Finding[]> {
  const { paths, problems } = await outboxPlaces()
  const advice = 'set EVALSPAN_OUTBOX to a folder on a disk of this machine'
  const troubles = problems.map((detail) => ({ what: 'folder', ok: false, detail, advice }))
  const [path] = paths
  if (path === undefined) {
    const detail = 'none: what waits is lost with the process'
    return [...troubles, { what: 'folder', ok: problems.length === 0 ? undefined : false, detail }]
  }
  const folder = dirname(path)
  return [
    ...troubles,
    { what: 'folder', ok: true, detail: folder },
    await checkSpace(folder),
    await checkWriting(folder),
  ]
}

async function checkSpace(folder: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const detail = free < 2 ** 30 ? `${Math.floor(free / 2 ** 20)} MiB free` : `${(free / 2 ** 30).toFixed(1)} GiB free`
    if (free >= leastFree) return { what: 'space', ok: true, detail }
    return { what: 'space', ok: false, detail, advice: 'free some, or set EVALSPAN_OUTBOX to a folder on another disk' }
  } catch (error) {
    return { what: 'space', ok: undefined, detail: messageOf(error) }
  }
}

/** A database of its own, so that the outbox is left alone; it is opened as the outbox is. */
async function checkWriting(folder: string): Promise<Finding> {
  const file = join(folder, `doctor-${process.pid}.db`)
  try {
    ;(await openDatabase(file, () => {})).close()
    return { what: 'written', ok: true, detail: 'with a write-ahead log' }
  } catch (error) {
    return { what: 'written', ok: false, detail: messageOf(error), advice: 'set EVALSPAN_OUTBOX to another folder' }
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  }
}
