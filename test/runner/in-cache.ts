import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for answers of models, for the rest of a test. */
export function temporaryCache(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-cache-'))
  process.env['EVALSPAN_CACHE_DIR'] = folder
  onTestFinished(() => {
    delete process.env['EVALSPAN_CACHE_DIR']
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
