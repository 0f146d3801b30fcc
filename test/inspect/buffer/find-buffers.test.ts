import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolders } from '../../../src/inspect/buffer/data-folders.ts'
import { findBuffers } from '../../../src/inspect/buffer/find-buffers.ts'
import { WebServer } from '../../files/web-server.ts'
import { temporaryFolder, WrittenBuffer } from './written-buffer.ts'

/** No process has it: beyond what Linux gives. */
const deadPid = 2 ** 22 + 1

describe('the buffers of a log', () => {
  it('are a database by the address of the log folder, and whether its process is there', async () => {
    const written = new WrittenBuffer()
    const [place, ...others] = await findBuffers(written.logPath, written.env)
    expect(place).toMatchObject({ kind: 'database', path: written.path, pid: process.pid, alive: true })
    expect(Date.now() - place!.written).toBeLessThan(60_000)
    expect(others).toStrictEqual([])
  })

  it('are those of running processes, then the latest, then the folder beside the log', async () => {
    const written = new WrittenBuffer({ pid: deadPid })
    const base = written.path.slice(0, -`${deadPid}.db`.length)
    const now = Date.now() / 1000
    for (const [pid, time] of [
      [deadPid + 1, now + 3000],
      [deadPid + 2, now + 2000],
      [process.pid, now],
    ] as const) {
      writeFileSync(`${base}${pid}.db`, '')
      utimesSync(`${base}${pid}.db`, time, time)
    }
    for (const suffix of ['', '-wal']) utimesSync(written.path + suffix, now + 4000, now + 4000)
    const folder = join(written.root, 'logs/.buffer/2026-11-27T10-00-00_t_8Tw9ZfLR3HzGYUeNLPCRbk')
    mkdirSync(folder, { recursive: true })
    const places = await findBuffers(written.logPath, written.env)
    expect(places.map((place) => (place.kind === 'database' ? place.pid : place.path))).toStrictEqual([
      process.pid,
      deadPid,
      deadPid + 1,
      deadPid + 2,
      folder,
    ])
    expect(places.slice(0, 2).map((place) => place.kind === 'database' && place.alive)).toStrictEqual([true, false])
  })

  it('are found by another path to the log folder', async () => {
    const written = new WrittenBuffer()
    const other = join(written.root, 'other')
    symlinkSync(join(written.root, 'logs'), other)
    const places = await findBuffers(
      join(other, written.logPath.slice(written.logPath.lastIndexOf('/') + 1)),
      written.env,
    )
    expect(places.map(({ path }) => path)).toStrictEqual([written.path])
  })

  it('are found by their name where the folder is not, if nothing else can have that name', async () => {
    const written = new WrittenBuffer()
    const [moved, plain] = [temporaryFolder(), new WrittenBuffer({ logName: 'log.eval' })]
    const name = written.logPath.slice(written.logPath.lastIndexOf('/'))
    expect((await findBuffers(moved + name, written.env)).map(({ path }) => path)).toStrictEqual([written.path])
    expect(await findBuffers(join(moved, 'log.eval'), plain.env)).toStrictEqual([])
  })

  it('are databases here of a log in a store, and the folder beside the log there', async () => {
    await using server = await WebServer.start()
    const address = `http://${server.host}/logs`
    const written = new WrittenBuffer({ logName: 'log.eval', address })
    const elsewhere = new WrittenBuffer({ logName: 'log.eval', address: 'http://elsewhere/logs' })
    const path = `${address}/log.eval`
    expect((await findBuffers(path, written.env)).map(({ path: at }) => at)).toStrictEqual([written.path])
    expect(await findBuffers(path, elsewhere.env)).toStrictEqual([])
    server.serve('/logs/.buffer/log/manifest.json', '{}')
    expect((await findBuffers(path, written.env)).map(({ path: at }) => at)).toStrictEqual([
      written.path,
      `${address}/.buffer/log`,
    ])
  })

  it('are not those of a log whose name begins the same', async () => {
    const written = new WrittenBuffer({ logName: 'a.eval' })
    expect(await findBuffers(written.logPath.replace('a.eval', 'a'), written.env)).toStrictEqual([])
  })

  it('are none where there is no data folder', async () => {
    expect(await findBuffers('/nowhere/log.eval', { XDG_DATA_HOME: '/nowhere' })).toStrictEqual([])
  })
})

describe('the data folders of Inspect', () => {
  it('are those that platformdirs chooses', () => {
    const env = { HOME: '/home/me' }
    expect(dataFolders(env, 'linux')).toStrictEqual(['/home/me/.local/share/inspect_ai'])
    expect(dataFolders({ ...env, XDG_DATA_HOME: '/data' }, 'linux')).toStrictEqual(['/data/inspect_ai'])
    expect(dataFolders({ ...env, XDG_DATA_HOME: 'not/absolute' }, 'linux')).toStrictEqual([
      '/home/me/.local/share/inspect_ai',
    ])
    expect(dataFolders(env, 'darwin')).toStrictEqual(['/home/me/Library/Application Support/inspect_ai'])
  })
})
