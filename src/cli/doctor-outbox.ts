import { readdirSync, rmSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OutboxReader, outboxPlaces, presentOutboxes, type DestinationReport } from '../delivery/index.ts'
import { openDatabase } from '../delivery/outbox/database.ts'
import { messageOf } from '../errors.ts'
import { waitingText } from './destination-lines.ts'
import type { Finding } from './doctor-report.ts'
import { lostDraftsText } from './outbox-file.ts'
import { counted, formatBytes, moment } from './quantity.ts'

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
    ...(await checkContent()),
    ...findSetAside(folder),
  ]
}

/** What is in the outbox, of which there need not be one yet. */
async function checkContent(): Promise<Finding[]> {
  try {
    const { path } = await presentOutboxes()
    const overview = path === undefined ? undefined : await OutboxReader.read(path, (reader) => reader.overview())
    if (!overview) return [{ what: 'content', ok: true, detail: 'none yet' }]
    const { bytes, schema, since, destinations, lostDrafts } = overview
    const about = `${formatBytes(bytes)}, begun ${moment(since)}, tables of version ${schema}`
    return [
      { what: 'content', ok: true, detail: about },
      ...destinations.flatMap((each) => checkLeft(each)),
      ...(lostDrafts > 0 ? [{ what: 'drafts', ok: undefined, detail: lostDraftsText(lostDrafts) }] : []),
    ]
  } catch (error) {
    return [{ what: 'content', ok: false, detail: messageOf(error) }]
  }
}

function checkLeft(report: DestinationReport): Finding[] {
  const { sink, waiting, rejected } = report
  const finding = (what: string, detail: string, advice: string): Finding => ({ what, ok: undefined, detail, advice })
  return [
    ...(waiting > 0 ? [finding('waiting', `${sink}: ${waitingText(report)}`, '`evalspan flush` sends it')] : []),
    ...(rejected > 0
      ? [
          finding(
            'refused',
            `${sink}: ${counted(rejected, 'item')}`,
            '`evalspan status` says why, `evalspan retry` sends again',
          ),
        ]
      : []),
  ]
}

/** Damaged outboxes may still hold what was never delivered. */
function findSetAside(folder: string): Finding[] {
  const files = readdirSync(folder).filter((name) => /\.corrupt-[\w-]+$/.test(name) && !/-(?:wal|shm)$/.test(name))
  if (files.length === 0) return []
  return [{ what: 'set aside', ok: undefined, detail: `damaged, to be deleted by hand: ${files.join(', ')}` }]
}

async function checkSpace(folder: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const detail = `${formatBytes(free)} free`
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
