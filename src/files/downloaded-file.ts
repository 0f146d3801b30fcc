import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline, type Duplex, type Readable } from 'node:stream'
import zlib from 'node:zlib'
import { FileError, unreached } from './file-error.ts'
import { discard, type HttpAnswer } from './http-client.ts'
import { isEmpty, LocalFile } from './local-file.ts'
import type { LogFile } from './log-file.ts'

/** More than any log has: ends what has no end. */
const mostBytes = 16 * 2 ** 30

/** The whole body of an answer, in a temporary file without a name. */
export async function downloadedFile(path: string, answer: HttpAnswer): Promise<LogFile> {
  const content = unpacked(answer)
  const file = await openTemporary()
  try {
    let size = 0
    for await (const chunk of readWhole(content, answer.url.host)) {
      await file.appendFile(chunk)
      size += chunk.length
      if (size > mostBytes) throw new FileError(`has more than ${mostBytes} bytes and no ranges; download it first`)
    }
    if (size === 0) throw new FileError(isEmpty)
    return new LocalFile(path, file, await file.stat({ bigint: true }))
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* readWhole(content: Readable, host: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content
  } catch (error) {
    throw unreached(host, error)
  }
}

/** Nobody asked for a packed answer, and some servers pack it all the same. */
function unpacked(answer: HttpAnswer): Readable {
  const encoding = answer.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return answer.body
  const unpack = unpackers[encoding]
  // What goes wrong comes out of the reading.
  if (unpack) return pipeline(answer.body, unpack(), () => {})
  discard(answer)
  throw new FileError(`${answer.url.host} packs it as ${encoding}, which cannot be undone here; download it first`)
}

const unpackers: { readonly [encoding: string]: () => Duplex } = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
}

/** For its owner alone. It has no name any more, so whatever becomes of the process, nothing is left of it. */
async function openTemporary(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'evalspan-'))
  try {
    return await open(join(folder, 'log'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
