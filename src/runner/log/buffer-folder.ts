import { createHash } from 'node:crypto'
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bufferFolder, manifestName } from '../../inspect/buffer/find-buffers.ts'
import { metadataName } from '../../inspect/buffer/metadata-name.ts'
import { thisWriter, writerName } from '../../inspect/buffer/folder-writer.ts'
import { GrowingZip } from './growing-zip.ts'
import { logString, logText } from './log-text.ts'
import { replaceFile } from './replace-file.ts'
import type { NewMember } from './zip-member.ts'

/**
 * The folder `.buffer/<log>` beside a log, of the files that Inspect has there (0.3.285,
 * `log/_recorders/buffer/filestore.py`). Each is whole when it is under its name.
 */
export class BufferFolder {
  readonly path: string
  #isMade = false

  /** Nothing is made before something is written. */
  constructor(logPath: string) {
    this.path = bufferFolder(logPath)
  }

  /** Gives the name of the file. */
  async writeSegment(id: number, members: readonly NewMember[]): Promise<string> {
    await this.#make()
    const name = `segment.${id}.zip`
    await new GrowingZip(join(this.path, name)).append(members)
    return name
  }

  async writeManifest(manifest: object): Promise<void> {
    await this.#write(manifestName, logText(manifest))
  }

  /** Gives the name of the file, and the hash by which a manifest refers to it. */
  async writeMetadata(id: string | number, epoch: number, metadata: string): Promise<{ name: string; hash: string }> {
    const hash = createHash('sha256').update(metadata).digest('hex')
    const name = metadataName(logString(String(id)), epoch, hash)
    await this.#write(name, metadata)
    return { name, hash }
  }

  async removeFile(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true })
  }

  /** The folder of all buffers as well when this was the last one. */
  async remove(): Promise<void> {
    if (!this.#isMade) return
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 })
    await rmdir(dirname(this.path)).catch(() => {})
  }

  async #write(name: string, text: string): Promise<void> {
    await this.#make()
    const path = join(this.path, name)
    await writeFile(`${path}.writing`, text)
    await replaceFile(`${path}.writing`, path)
  }

  async #make(): Promise<void> {
    if (this.#isMade) return
    await mkdir(this.path, { recursive: true })
    this.#isMade = true
    await this.#write(writerName, logText(thisWriter()))
  }
}
