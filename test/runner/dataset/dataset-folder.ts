import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder to put datasets in, gone with the test. */
export class DatasetFolder implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<DatasetFolder> {
    return new DatasetFolder(await mkdtemp(join(tmpdir(), 'evalspan-dataset-')))
  }

  /** Writes a file, and gives its path. */
  async write(name: string, content: string): Promise<string> {
    const file = join(this.path, name)
    await writeFile(file, content)
    return file
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true })
  }
}
