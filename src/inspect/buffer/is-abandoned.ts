import { lastWritten } from './last-written.ts'
import type { BufferPlace } from './find-buffers.ts'
import { isAlive } from './is-alive.ts'

/**
 * Whether the run that wrote a buffer has crashed: its process is not there, and nothing was written for a while. The
 * process alone tells nothing, since a run in another container or on another machine has a number that means nothing
 * here. Nor does the silence, since a call of a model may take an hour. Together they do: while finished samples are in
 * the buffer, a run brings them to the log a minute after the first (0.3.285, `_STALE_FLUSH_INTERVAL`), and that is
 * written here. Should it be wrong all the same, the log tells those samples again.
 *
 * A folder beside a log never counts as abandoned: it names no process, its run is on another machine, and Inspect may
 * bring it up to date as seldom as it was told to.
 */
export async function isAbandoned(place: BufferPlace): Promise<boolean> {
  if (place.kind === 'folder') return false
  const written = await lastWritten(place.path)
  return written !== undefined && Date.now() - written > silenceMs && !isAlive(place.pid, written)
}

/** Twice what a run takes; network drives may tell a time that is a minute old. */
const silenceMs = 120_000
