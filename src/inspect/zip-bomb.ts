import { Readable } from 'node:stream'
import { getHeapStatistics } from 'node:v8'
import zlib from 'node:zlib'
import { JsonWeight } from './json-weight.ts'
import type { ZipMember } from './zip-directory.ts'

/** Bytes that are expanded without a look at what they are. */
const harmless = 4 * 2 ** 20
/** Transcripts become a tenth to a hundredth of their size. */
const usual = 100

/**
 * Throws for a member that is small and expands to something that would fill the memory for nothing: what is no JSON, or
 * has more objects than could be held. Members that expand no more than usual are not looked at.
 */
export async function rejectBomb(member: ZipMember, data: Buffer): Promise<void> {
  const { method, size } = member
  if (method === 0 || size < harmless || size < usual * data.length) return
  const weight = await weigh(member, data)
  if (weight === undefined) throw new Error(`expands to ${size} bytes that are no JSON`)
  if (weight.memory < getHeapStatistics().heap_size_limit / 4) return
  throw new Error(
    `makes objects of ${weight.memory} bytes out of ${data.length}, which may be more than fit in memory; if it is no ` +
      'damage, give Node more (NODE_OPTIONS=--max-old-space-size=16000)',
  )
}

/** Expands the member piece by piece, as far as it can be. Undefined when it is no JSON. */
async function weigh({ method, size }: ZipMember, data: Buffer): Promise<JsonWeight | undefined> {
  const weight = new JsonWeight()
  let expanded = 0
  try {
    // Of zstd each frame is a stream of its own.
    for (let rest = data; rest.length > 0;) {
      const stream = method === 8 ? zlib.createInflateRaw() : zlib.createZstdDecompress()
      for await (const chunk of Readable.from([rest], { objectMode: false }).pipe(stream)) {
        expanded += (chunk as Buffer).length
        if (expanded > size) return weight
        if (!weight.push(chunk as Buffer)) return undefined
      }
      if (stream.bytesWritten === 0) break
      rest = rest.subarray(stream.bytesWritten)
    }
  } catch {
    // Whoever expands it whole says what is wrong.
  }
  return weight
}
