import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderChanges } from '../../../src/sources/watch/folder-changes.ts'

let folder: string
let changes: FolderChanges
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evalspan-watch-'))
  now = 0
  changes = new FolderChanges(folder, { now: () => now })
})
afterEach(() => {
  changes.close()
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, content = 'x'): void {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), content)
}

async function look(): Promise<{ changed: string[]; gone: string[] }> {
  const { changed, gone } = await changes.changes()
  const names = (paths: readonly string[]): string[] => paths.map((path) => relative(folder, path)).toSorted()
  return { changed: names(changed.map(({ path }) => path)), gone: names(gone) }
}

/** The system tells of what happens a moment later. */
async function lookUntil(changed: readonly string[], gone: readonly string[] = []): Promise<void> {
  const seen = { changed: new Set<string>(), gone: new Set<string>() }
  await expect
    .poll(
      async () => {
        const found = await look()
        for (const path of found.changed) seen.changed.add(path)
        for (const path of found.gone) seen.gone.add(path)
        return { changed: [...seen.changed].toSorted(), gone: [...seen.gone].toSorted() }
      },
      { interval: 20, timeout: 5000 },
    )
    .toEqual({ changed, gone })
}

describe('changes of a folder', () => {
  it('are all its logs at first, and then nothing', async () => {
    for (const name of ['a.eval', 'deep/er/b.eval', 'notes.txt', '.buffer/c.eval', 'logs.json']) write(name)
    expect(await look()).toEqual({ changed: ['a.eval', 'deep/er/b.eval'], gone: [] })
    expect(await look()).toEqual({ changed: [], gone: [] })
  })

  it('are told by the system: new logs, other content, renamed and removed ones', async () => {
    write('a.eval')
    write('b.eval')
    await look()
    write('a.eval', 'other')
    write('.tmp-c')
    renameSync(join(folder, '.tmp-c'), join(folder, 'c.eval'))
    rmSync(join(folder, 'b.eval'))
    await lookUntil(['a.eval', 'c.eval'], ['b.eval'])
  })

  it('come from folders that are made later, and end with those that are removed', async () => {
    await look()
    write('new/deep/a.eval')
    await lookUntil(['new/deep/a.eval'])
    write('new/deep/b.eval')
    await lookUntil(['new/deep/b.eval'])
    rmSync(join(folder, 'new'), { recursive: true })
    await lookUntil([], ['new/deep/a.eval', 'new/deep/b.eval'])
  })

  it('are told of folders that links lead to', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'evalspan-elsewhere-'))
    try {
      symlinkSync(elsewhere, join(folder, 'link'))
      await look()
      writeFileSync(join(elsewhere, 'a.eval'), 'x')
      await lookUntil(['link/a.eval'])
    } finally {
      rmSync(elsewhere, { recursive: true })
    }
  })

  it('are found without being told of, a while later', async () => {
    write('a.eval')
    await look()
    // As on a drive in the network, whose changes nobody tells.
    changes.close()
    write('a.eval', 'other')
    expect(await look()).toEqual({ changed: [], gone: [] })
    now += 60_000
    expect(await look()).toEqual({ changed: ['a.eval'], gone: [] })
  })

  it('cannot be had of a folder that is not there', async () => {
    rmSync(folder, { recursive: true })
    await expect(changes.changes()).rejects.toThrow(/no such folder|there is no/)
  })
})
