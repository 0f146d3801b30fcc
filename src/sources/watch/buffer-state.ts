import { findBuffers } from '../../inspect/buffer/find-buffers.ts'

/** Another text whenever Inspect's buffer of a log has changed; empty when there is none. */
export async function bufferState(path: string): Promise<string> {
  const places = await findBuffers(path)
  return places.map(({ kind, written }) => `${kind} ${written}`).join(', ')
}
