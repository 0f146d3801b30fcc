import { constants, crc32, deflateRawSync, zstdCompressSync } from 'node:zlib'
import type { ZipMember } from './zip-model.ts'

const blockSize = 2 ** 20

/** A text of which the middle comes again and again. */
export interface BombText {
  readonly start: string
  /** Repeated to fill a MiB. */
  readonly filling: string
  readonly end: string
  /** Of the middle. */
  readonly mebibytes: number
}

/** A member that is small and expands to something huge, made without that ever being in memory. */
export function bomb(name: string, text: BombText, method: 8 | 93, claimed?: number): ZipMember {
  const block = Buffer.alloc(blockSize, text.filling)
  const pieces = [Buffer.from(text.start), block, Buffer.from(text.end)]
  const [start, middle, end] = pieces.map((piece) => compress(piece, method))
  const last = method === 8 ? deflateRawSync(Buffer.alloc(0)) : Buffer.alloc(0)
  const content = Buffer.concat([start!, ...Array.from({ length: text.mebibytes }, () => middle!), end!, last])
  const size = pieces[0]!.length + text.mebibytes * blockSize + pieces[2]!.length
  const fields = {
    name: Buffer.from(name),
    method,
    flags: 1 << 11,
    // What claims to be something else is found out before it is all there.
    crc32: claimed === undefined ? checksum(pieces[0]!, block, text.mebibytes, pieces[2]!) : 1,
    compressedSize: content.length,
    size: claimed ?? size,
    extra: Buffer.alloc(0),
  }
  return { content, local: fields, central: fields }
}

/** Blocks of deflate, and frames of zstd, may be put one behind the other. */
function compress(piece: Buffer, method: 8 | 93): Buffer {
  return method === 8 ? deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH }) : zstdCompressSync(piece)
}

function checksum(start: Buffer, block: Buffer, count: number, end: Buffer): number {
  let sum = crc32(start)
  for (let index = 0; index < count; index += 1) sum = crc32(block, sum)
  return crc32(end, sum)
}
