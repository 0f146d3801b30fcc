import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolders } from '../in-folder.ts'

/** Files of datasets, each in a folder of its own, gone after the tests of the file. */
export function datasetFiles(): {
  path: (name: string) => string
  write: (name: string, content: string) => Promise<string>
} {
  const folder = temporaryFolders()
  const path = (name: string): string => join(folder(), name)
  return {
    path,
    async write(name, content) {
      const file = path(name)
      await writeFile(file, content)
      return file
    },
  }
}
