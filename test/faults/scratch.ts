import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for one test file, which is gone afterwards; `folder()` is a new one in it. */
export function scratch(): { readonly path: string; readonly folder: () => string } {
  const path = mkdtempSync(join(tmpdir(), 'evalspan-faults-'))
  afterAll(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return { path, folder: () => mkdtempSync(join(path, 'case-')) }
}
