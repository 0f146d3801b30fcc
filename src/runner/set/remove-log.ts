import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bufferFolder } from '../../inspect/buffer/find-buffers.ts'

/** Removes a log that is of no use any more, and what a run that was killed left beside it. */
export async function removeLog(path: string): Promise<void> {
  await rm(path, { force: true })
  const buffer = bufferFolder(path)
  await rm(buffer, { recursive: true, force: true })
  // When it was the last one.
  await rmdir(dirname(buffer)).catch(() => {})
}
