import { chmodSync, chownSync, closeSync, openSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keepPrivate } from '../../src/delivery/keep-private.ts'
import { temporaryFile } from '../inspect/temporary-file.ts'

function opened(path: string): number {
  const descriptor = openSync(path, 'a')
  onTestFinished(() => closeSync(descriptor))
  return descriptor
}

describe('a file that others may read', () => {
  it('is taken from them', () => {
    const path = temporaryFile('a', '')
    chmodSync(path, 0o664)
    expect(keepPrivate(opened(path))).toBeUndefined()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('stays as it is where it is no file, or private already', () => {
    const mode = statSync(devNull).mode
    expect(keepPrivate(opened(devNull))).toBeUndefined()
    expect(statSync(devNull).mode).toBe(mode)
    const path = temporaryFile('a', '')
    chmodSync(path, 0o700)
    expect(keepPrivate(opened(path))).toBeUndefined()
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it.skipIf(process.getuid?.() !== 0)('stays as it is where it belongs to somebody else, which is said', () => {
    const path = temporaryFile('a', '')
    chmodSync(path, 0o644)
    chownSync(path, 12_345, 12_345)
    expect(keepPrivate(opened(path))).toBe(
      'belongs to another user, and others may read what is written to it (its mode is 644)',
    )
    expect(statSync(path).mode & 0o777).toBe(0o644)
  })
})
