import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Writes until not a byte more goes on the disk of a folder; gives the file that takes it up. */
export function fillDisk(folder: string): string {
  const file = join(folder, 'ballast')
  const descriptor = openSync(file, 'w')
  for (let bytes = 4096; bytes > 0;) {
    try {
      writeSync(descriptor, Buffer.alloc(bytes))
    } catch {
      bytes = Math.floor(bytes / 2)
    }
  }
  closeSync(descriptor)
  return file
}
