import { join } from 'node:path'
import { schemeOf } from '../../files/paths.ts'
import { manifestName, type BufferPlace } from './find-buffers.ts'
import { hasEnded, readWriter } from './folder-writer.ts'
import { lastWritten } from './last-written.ts'
import { isAlive } from './is-alive.ts'

/**
 * Whether the run that wrote a buffer has crashed: its process is not there, and nothing was written for a while. The
 * process alone tells nothing, since a run in another container or on another machine has a number that means nothing
 * here. Nor does the silence, since a call of a model may take an hour. Together they do: while finished samples are in
 * the buffer, a run brings them to the log a minute after the first (0.3.285, `_STALE_FLUSH_INTERVAL`), and that is
 * written here. Should it be wrong all the same, the log tells those samples again.
 *
 * A folder beside a log that Inspect wrote never counts as abandoned: it names no process, its run is on another machine,
 * and Inspect may bring it up to date as seldom as it was told to. One of our own runner names its process, and where that
 * is: seen from there its end is known at once.
 */
export async function isAbandoned(place: BufferPlace): Promise<boolean> {
  if (place.kind === 'folder') return await isFolderAbandoned(place.path)
  return isSilent(await lastWritten(place.path), place.pid)
}

async function isFolderAbandoned(folder: string): Promise<boolean> {
  if (schemeOf(folder) !== undefined) return false
  const writer = await readWriter(folder)
  if (!writer) return false
  return hasEnded(writer) ?? isSilent(await lastWritten(join(folder, manifestName)), writer.pid)
}

function isSilent(written: number | undefined, pid: number): boolean {
  return written !== undefined && Date.now() - written > silenceMs && !isAlive(pid, written)
}

/** Twice what a run takes; network drives may tell a time that is a minute old. */
const silenceMs = 120_000
