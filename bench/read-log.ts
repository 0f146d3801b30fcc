/**
 * The least that any reader of a log does: decompress each sample and `JSON.parse` it, one after the other. The baseline
 * of replaying: `node bench/read-log.ts FILE`.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'

const file = openSync(process.argv[2] ?? '', 'r')
const { size } = fstatSync(file)
const end = read(size - 22, 22)
const directory = read(end.readUInt32LE(16), end.readUInt32LE(12))
let members = 0
let sample: string | undefined
let held: unknown[] = []
for (let offset = 0; offset < directory.length;) {
  const nameLength = directory.readUInt16LE(offset + 28)
  const name = directory.toString('utf8', offset + 46, offset + 46 + nameLength)
  if (name.startsWith('samples/')) {
    const start = directory.readUInt32LE(offset + 42)
    const content = read(start + 30 + nameLength, directory.readUInt32LE(offset + 20))
    const value = JSON.parse(decompress(content, directory.readUInt32LE(offset + 24))) as unknown
    members += 1
    // All members of a sample in chunks are in memory together, as they are for whoever puts it together.
    const [of] = /^samples\/.*_epoch_\d+/s.exec(name) ?? []
    if (of !== sample) held = []
    sample = of
    held.push(value)
  }
  offset += 46 + nameLength
}
closeSync(file)
console.log(`${members} members`)

function read(position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  readSync(file, buffer, 0, length, position)
  return buffer
}

/** Node decompresses the first frame alone, and a large member has several. */
function decompress(content: Buffer, length: number): string {
  const frames: Buffer[] = []
  for (let from = 0, bytes = 0; bytes < length;) {
    const { buffer, engine } = zstdDecompressSync(content.subarray(from), { info: true }) as never as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    frames.push(buffer)
    from += engine.bytesWritten
    bytes += buffer.length
  }
  return (frames.length === 1 ? frames[0]! : Buffer.concat(frames)).toString()
}
