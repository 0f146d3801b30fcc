import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { openFile } from './files.ts'
import { localPath, schemeOf } from './paths.ts'

const chunkSize = 1024 * 1024

/** Reads a file from its start to its end; on the disk also what is no regular file. */
export function openStream(path: string): Readable {
  return schemeOf(path) === undefined ? createReadStream(localPath(path)) : Readable.from(chunksOf(path))
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const file = await openFile(path)
  try {
    for (let position = 0; position < file.size; position += chunkSize) {
      yield await file.read(position, Math.min(chunkSize, file.size - position))
    }
  } finally {
    await file.close()
  }
}
