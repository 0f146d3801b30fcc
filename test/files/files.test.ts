import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listFolder, openFile, statPath } from '../../src/files/files.ts'
import { loadPeer } from '../../src/files/load-peer.ts'
import { WebServer } from './web-server.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'evalspan-files-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: string): string {
  writeFileSync(join(folder, path), content)
  return join(folder, path)
}

async function text(path: string): Promise<string> {
  const file = await openFile(path)
  try {
    return (await file.read(0, file.size)).toString()
  } finally {
    await file.close()
  }
}

describe('files', () => {
  it('are opened by their path, wherever they lie', async () => {
    await using server = await WebServer.start()
    const local = write('a b.eval', 'on the disk')
    expect(await text(local)).toBe('on the disk')
    expect(await text(pathToFileURL(local).href)).toBe('on the disk')
    expect(await text(server.serve('/a.eval', 'on the web'))).toBe('on the web')
  })

  it('cannot be opened where nobody knows the scheme, and no password is told', async () => {
    await expect(openFile('ftp://me:secret@host/a.eval')).rejects.toThrow(
      'ftp://***@host/a.eval: nothing can be read from ftp://; what can be is http://, https://, s3://, gs://, az:// and paths on the disk',
    )
  })

  it('stay what they were when others take their place', async () => {
    const path = write('a.eval', 'first')
    const file = await openFile(path)
    renameSync(write('b.eval', 'other'), path)
    expect((await file.read(0, 5)).toString()).toBe('first')
    await file.close()
  })

  it('are looked at: a file, a folder, or nothing', async () => {
    const path = write('a.eval', 'content')
    const before = await statPath(path)
    expect(before).toEqual({
      kind: 'file',
      size: 7,
      version: expect.stringMatching(/^\d+-\d+-7$/),
      modifiedMs: expect.any(Number),
    })
    expect(await statPath(pathToFileURL(path).href)).toEqual(before)
    renameSync(write('b.eval', 'CONTENT'), path)
    expect(await statPath(path)).not.toEqual(before)
    expect(await statPath(folder)).toEqual({ kind: 'folder' })
    expect(await statPath(join(folder, 'nothing'))).toBeUndefined()
  })
})

describe('a folder', () => {
  it('is listed with all that lies beneath it, but for hidden folders and what is no log', async () => {
    for (const name of ['b', 'b/c', '.buffer', 'x.eval']) mkdirSync(join(folder, name))
    for (const name of ['b.eval', 'b/c/1.eval', 'a.eval', '.buffer/2.eval', 'logs.json', '.h.eval', 'x.eval/3.eval'])
      write(name, name)
    write('2026-11-21T09-11-19+00-00_t.json', '{}')
    symlinkSync(join(folder, 'nowhere'), join(folder, 'gone.eval'))
    const listed = await Array.fromAsync(listFolder(folder))
    expect(listed.map(({ path }) => path.slice(folder.length + 1))).toEqual([
      '.h.eval',
      '2026-11-21T09-11-19+00-00_t.json',
      'a.eval',
      'b/c/1.eval',
      'b.eval',
      'x.eval/3.eval',
    ])
    for (const { path, ...info } of listed) expect(await statPath(path)).toEqual(info)
  })

  it('may have more files than are looked at together', async () => {
    for (let index = 0; index < 150; index += 1) write(`${index}.eval`, 'x')
    expect(await Array.fromAsync(listFolder(folder))).toHaveLength(150)
  })
})

describe('a library that is installed where somebody needs it', () => {
  it('is loaded', async () => {
    expect(await loadPeer('s3://', 'undici', () => import('undici'))).toHaveProperty('request')
  })

  it('is named with the command that installs it', async () => {
    const name: string = 'no-such-package'
    const load = (): Promise<unknown> => import(name)
    await expect(loadPeer('s3://', name, load)).rejects.toMatchObject({
      code: 'MISSING_PACKAGE',
      message: 's3:// needs a package that is not installed: npm install no-such-package',
    })
  })
})
