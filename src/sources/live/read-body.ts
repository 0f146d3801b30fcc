import type { IncomingMessage } from 'node:http'

/** Of one batch, in bytes. */
const largest = 64 * 2 ** 20
/** Of all bodies that are being read or at work. */
const largestAtOnce = 256 * 2 ** 20

export interface Body {
  readonly text: string
  /** It is not needed any more. */
  release(): void
}

let held = 0

/** Reads a request's body, in memory that is bounded for one and for all together. */
export async function readBody(request: IncomingMessage): Promise<Body | 'too large' | 'no room'> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > largest) return 'too large'
  if (held + announced > largestAtOnce) return 'no room'
  const chunks: Buffer[] = []
  let bytes = 0
  const release = (): void => {
    held -= bytes
    bytes = 0
  }
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      held += chunk.length
      chunks.push(chunk)
      const isTooLarge = bytes > largest
      if (!isTooLarge && held <= largestAtOnce) continue
      release()
      return isTooLarge ? 'too large' : 'no room'
    }
  } catch (error) {
    release()
    throw error
  }
  return { text: Buffer.concat(chunks).toString('utf8'), release }
}
