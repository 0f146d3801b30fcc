import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeFolder } from '../../src/delivery/make-folder.ts'

describe('makeFolder', () => {
  it('makes a folder and those above it for their owner alone, and leaves one that is there', () => {
    const base = mkdtempSync(join(tmpdir(), 'evalspan-folder-'))
    onTestFinished(() => rmSync(base, { recursive: true }))
    makeFolder(join(base, 'a', 'b'))
    makeFolder(join(base, 'a', 'b'))
    expect([join(base, 'a'), join(base, 'a', 'b')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700])
  })

  it.skipIf(process.platform !== 'linux')('ends where no folder can be made, as below /proc', () => {
    expect(() => makeFolder('/proc/none/below')).toThrow('ENOENT')
  })
})
