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
let events = 0
for (let offset = 0; offset < directory.length;) {
  const nameLength = directory.readUInt16LE(offset + 28)
  const name = directory.toString('utf8', offset + 46, offset + 46 + nameLength)
  if (name.startsWith('samples/')) {
    const start = directory.readUInt32LE(offset + 42)
    const content = read(start + 30 + nameLength, directory.readUInt32LE(offset + 20))
    const sample = JSON.parse(zstdDecompressSync(content).toString()) as { events: unknown[] }
    events += sample.events.length
  }
  offset += 46 + nameLength
}
closeSync(file)
console.log(`${events} events`)

function read(position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  readSync(file, buffer, 0, length, position)
  return buffer
}
