import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listSockets, runtimeFolder, socketPath } from '../../src/cli/runtime-folder.ts'

const folders: string[] = []

function shortFolder(): string {
  const folder = mkdtempSync('/tmp/es-')
  folders.push(folder)
  return folder
}

afterEach(() => {
  vi.restoreAllMocks()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const uid = process.getuid!()

async function listening(path: string): Promise<AsyncDisposable> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return { [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

describe('the runtime folder', () => {
  it('is made in XDG_RUNTIME_DIR, for its owner alone', () => {
    const session = shortFolder()
    const folder = runtimeFolder({ XDG_RUNTIME_DIR: session, TMPDIR: shortFolder() })
    expect({ folder, mode: statSync(folder).mode & 0o777 }).toEqual({ folder: join(session, 'evalspan'), mode: 0o700 })
    expect(runtimeFolder({ XDG_RUNTIME_DIR: session })).toBe(folder)
  })

  it('is in the folder for temporary files where there is no XDG_RUNTIME_DIR, or only its name', () => {
    const temporary = shortFolder()
    const expected = join(temporary, `evalspan-${uid}`)
    expect([
      runtimeFolder({ TMPDIR: temporary }),
      runtimeFolder({ TMPDIR: temporary, XDG_RUNTIME_DIR: '' }),
      runtimeFolder({ TMPDIR: temporary, XDG_RUNTIME_DIR: 'relative' }),
      runtimeFolder({ TMPDIR: temporary, XDG_RUNTIME_DIR: join(temporary, 'gone') }),
    ]).toEqual([expected, expected, expected, expected])
  })

  it('is in /tmp where the path would be too long for a socket', () => {
    const long = join(shortFolder(), 'ä'.repeat(40))
    mkdirSync(long)
    expect(runtimeFolder({ TMPDIR: long, XDG_RUNTIME_DIR: long })).toBe(`/tmp/evalspan-${uid}`)
  })

  it('is refused when it is open to others', () => {
    const session = shortFolder()
    mkdirSync(join(session, 'evalspan'))
    chmodSync(join(session, 'evalspan'), 0o750)
    const problem =
      `${session}/evalspan cannot hold the sockets of listeners: it is open to others (its mode is 750): chmod 700 it; ` +
      'or set XDG_RUNTIME_DIR to a short path of a folder of your own'
    expect(() => runtimeFolder({ XDG_RUNTIME_DIR: session })).toThrow(problem)
    expect(() => listSockets({ XDG_RUNTIME_DIR: session })).toThrow(problem)
  })

  it('is refused when it is a link, a file, or belongs to another user', () => {
    const linked = shortFolder()
    symlinkSync(shortFolder(), join(linked, 'evalspan'))
    expect(() => runtimeFolder({ XDG_RUNTIME_DIR: linked })).toThrow('it is no folder')

    const file = shortFolder()
    writeFileSync(join(file, 'evalspan'), '')
    expect(() => runtimeFolder({ XDG_RUNTIME_DIR: file })).toThrow('it cannot be made: EEXIST')

    const foreign = shortFolder()
    const folder = runtimeFolder({ TMPDIR: foreign })
    vi.spyOn(process, 'getuid').mockReturnValue(uid + 1)
    mkdirSync(join(foreign, `evalspan-${uid + 1}`), { mode: 0o700 })
    expect(existsSync(folder)).toBe(true)
    expect(() => runtimeFolder({ TMPDIR: foreign })).toThrow('it belongs to another user')
  })
})

describe('the sockets', () => {
  it('are listed, of all folders where a listener of this user may be', async () => {
    const session = shortFolder()
    const temporary = shortFolder()
    const environment = { XDG_RUNTIME_DIR: session, TMPDIR: temporary }
    const paths = [
      socketPath('listen.sock', environment),
      socketPath('run-12.sock', environment),
      socketPath('run-4711.sock', { TMPDIR: temporary }),
    ]
    await using servers = new AsyncDisposableStack()
    for (const path of paths) servers.use(await listening(path))
    writeFileSync(join(session, 'evalspan', 'file.sock'), '')
    expect(listSockets(environment)).toEqual(paths)
  })

  it('get no path that is too long', () => {
    const session = shortFolder()
    expect(() => socketPath(`${'x'.repeat(90)}.sock`, { XDG_RUNTIME_DIR: session })).toThrow(
      'it is longer than the 100 bytes that the path of a socket may have',
    )
  })
})
