import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { listFolder, openFile, statPath } from '../../src/files/files.ts'
import { findFiles } from '../../src/sources/find.ts'
import { loadPeer } from '../../src/load-peer.ts'
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

  it('are not waited for where a name leads to a pipe or a device', async () => {
    const pipe = join(folder, 'pipe.eval')
    execFileSync('mkfifo', [pipe])
    await expect(openFile(pipe)).rejects.toThrow('is not a file; copy its content to a file first')
    await expect(openFile('/dev/null')).rejects.toThrow('is not a file; copy its content to a file first')
  })

  it('stay what they were when others take their place', async () => {
    const path = write('a.eval', 'first')
    const file = await openFile(path)
    renameSync(write('b.eval', 'other'), path)
    expect((await file.read(0, 5)).toString()).toBe('first')
    await file.close()
  })

  it('are not mixed with what is written over them', async () => {
    const path = write('a.eval', 'first')
    utimesSync(path, 1, 1)
    for (const content of ['other', 'cut', 'longer than it was']) {
      const file = await openFile(path)
      write('a.eval', content)
      await expect(file.read(0, file.size)).rejects.toThrow('was replaced or removed while it was read; read it again')
      await file.close()
      utimesSync(path, 1, 1)
    }
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

  it('is listed without one beneath it that is gone before its turn comes, which is named', async () => {
    for (const name of ['b', 'c']) mkdirSync(join(folder, name))
    for (const name of ['a.eval', 'b/1.eval', 'c/2.eval']) write(name, name)
    const listed: string[] = []
    const problems: unknown[] = []
    for await (const { path } of listFolder(folder, { onProblem: (error) => problems.push(error) })) {
      listed.push(path)
      rmSync(join(folder, 'b'), { recursive: true, force: true })
    }
    expect(listed).toEqual([join(folder, 'a.eval'), join(folder, 'c/2.eval')])
    expect(problems).toMatchObject([
      { code: 'BAD_LOG', message: `${join(folder, 'b')}: there is no such folder; check the path` },
    ])
  })

  it.skipIf(process.getuid?.() === 0)(
    'is listed without one beneath it that may not be read, which is named',
    async () => {
      mkdirSync(join(folder, 'a'), { mode: 0o000 })
      write('b.eval', 'b')
      const { files, problems } = await findFiles([folder])
      expect(files).toEqual([join(folder, 'b.eval')])
      expect(problems.map(({ message }) => message)).toEqual([
        `${join(folder, 'a')}: permission denied; make the folder readable`,
      ])
    },
  )

  it('is an error when it cannot be read itself', async () => {
    const missing = join(folder, 'nothing')
    await expect(Array.fromAsync(listFolder(missing))).rejects.toThrow('there is no such folder; check the path')
  })

  it('is listed with what links lead to, each folder once and where it lies', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'evalspan-elsewhere-'))
    onTestFinished(() => rmSync(elsewhere, { recursive: true }))
    for (const name of ['logs', 'logs/runs']) mkdirSync(join(folder, name))
    for (const name of ['logs/runs/1.eval', 'logs/2.eval', 'x.eval']) write(name, name)
    writeFileSync(join(elsewhere, '3.eval'), 'elsewhere')
    const link = (to: string, name: string): void => symlinkSync(to, join(folder, 'logs', name))
    link(elsewhere, 'away')
    link(elsewhere, 'twice.eval')
    link(elsewhere, '.hidden')
    link(join(folder, 'logs/runs'), 'latest')
    link('.', 'loop')
    link(folder, 'up')
    link(join(folder, 'x.eval'), '4.eval')
    link(join(folder, 'nowhere'), 'gone')
    link('itself.eval', 'itself.eval')
    const listed = await Array.fromAsync(listFolder(join(folder, 'logs')), ({ path }) => path)
    expect(listed.map((path) => path.slice(folder.length + 1))).toEqual([
      'logs/2.eval',
      'logs/runs/1.eval',
      'logs/4.eval',
      'logs/away/3.eval',
      'logs/up/x.eval',
    ])
    for (const path of listed) expect(await statPath(path)).toMatchObject({ kind: 'file' })
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
