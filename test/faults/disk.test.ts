import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accounts, expected, status } from './account.ts'
import { Backend } from './backend.ts'
import { evalspan, startHost, startHostInShell, type Variables } from './child-process.ts'
import { fillDisk } from './fill-disk.ts'
import { difference, expectExactly } from './holdings.ts'
import { scratch } from './scratch.ts'
import { variablesFor } from './variables.ts'
import { keysOf, writeWorkload, type Workload } from './workload.ts'

const { path, folder: newFolder } = scratch()
const exitCode = 7
let workload: Workload
let produced: { spans: Set<string>; logs: Set<string> }
let earlier: Workload
beforeAll(async () => {
  workload = await writeWorkload(path, 'disk', 6)
  produced = keysOf(workload)
  earlier = await writeWorkload(path, 'earlier', 3)
})

const mounted: string[] = []
afterAll(() => mounted.forEach((folder) => execFileSync('umount', ['-l', folder])))
const noMount = whyNoMount()
const withDisk = noMount === undefined ? describe.concurrent : describe.skip

withDisk(noMount === undefined ? 'a small disk' : `a small disk (left out: ${noMount})`, () => {
  it('that is full before the eval begins costs nothing that the backend takes', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    mountDisk(variables['EVALSPAN_OUTBOX']!, 'size=256k')
    fillDisk(variables['EVALSPAN_OUTBOX']!)
    await expectAllDelivered(backend, variables)
  })

  it('that fills up while the eval is running costs nothing that the backend takes', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const outbox = variables['EVALSPAN_OUTBOX']!
    mountDisk(outbox, 'size=1m')
    const pauseAfter = Math.floor(workload.steps.length / 2)
    const host = startHost({ events: workload.file, exitCode, pauseAfter }, variables)
    await host.until(({ paused }) => paused !== undefined)
    fillDisk(outbox)
    host.resume()
    expect(await host.ended).toMatchObject({ code: exitCode })
    expect(accounts(host.told.report!.destinations)).toEqual(expected(produced, 'delivered'))
    expectExactly(backend.ledger, produced)
  })

  it('that is full while the backend is away: what was not stored is dropped, counted and named, the rest waits', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const outbox = variables['EVALSPAN_OUTBOX']!
    mountDisk(outbox, 'size=1m')
    await backend.close()
    const pauseAfter = Math.floor(workload.steps.length / 2)
    const hasty = { ...variables, EVALSPAN_FLUSH_TIMEOUT: '500ms' }
    const host = startHost({ events: workload.file, exitCode, pauseAfter }, hasty)
    await host.until(({ paused }) => paused !== undefined)
    // What it keeps for this case would be enough for so little.
    rmSync(join(outbox, 'outbox.db-reserve'))
    const ballast = fillDisk(outbox)
    host.resume()
    const { code, stderr } = await host.ended
    expect(code).toBe(exitCode)
    const report = accounts(host.told.report!.destinations)
    const total = report.reduce((sum, account) => sum + account.produced, 0)
    const dropped = report.reduce((sum, account) => sum + account.dropped, 0)
    expect(total).toBe(produced.spans.size + produced.logs.size)
    expect(dropped).toBeGreaterThan(0)
    expect(stderr).toMatch(/full/)

    truncateSync(ballast, 0)
    await backend.listen()
    expect(await evalspan(['flush'], variables)).toMatchObject({ stderr: '' })
    const { missing, ...rest } = difference(backend.ledger, produced)
    expect(rest).toEqual({ unknown: [], repeated: [], changed: [] })
    expect(missing.length).toBe(dropped)
    expect((await status(variables)).map(({ waiting }) => waiting)).toEqual([0, 0])
  })

  it('that can only be read from costs nothing that the backend takes', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    mountDisk(variables['EVALSPAN_OUTBOX']!, 'size=64k,ro')
    await expectAllDelivered(backend, variables)
  })
})

describe.concurrent('a folder that is none', () => {
  it('below a file costs nothing that the backend takes', async () => {
    await using backend = await Backend.start()
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    await expectAllDelivered(backend, {
      ...variablesFor(folder, backend.url),
      EVALSPAN_OUTBOX: join(folder, 'file/outbox'),
    })
  })

  it('but a file costs nothing that the backend takes, and the file is left as it is', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    writeFileSync(variables['EVALSPAN_OUTBOX']!, 'my notes')
    await expectAllDelivered(backend, variables)
    expect(readFileSync(variables['EVALSPAN_OUTBOX']!, 'utf8')).toBe('my notes')
  })
})

describe.concurrent('a limit on the size of files', () => {
  // Blocks of 512 bytes: nothing fits; the tables fit, and little else.
  it.each([8, 300])('of %i blocks costs nothing that the backend takes', async (blocks) => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const host = startHostInShell({ events: workload.file, exitCode }, `ulimit -f ${blocks}`, variables)
    expect(await host.ended).toMatchObject({ code: exitCode })
    expect(accounts(host.told.report!.destinations)).toEqual(expected(produced, 'delivered'))
    expectExactly(backend.ledger, produced)
  })
})

describe.concurrent('a damaged database', () => {
  it.each([
    ['of random bytes', (file: string) => writeFileSync(file, randomBytes(20_000))],
    ['cut off in its middle', (file: string) => truncateSync(file, Math.floor(readFileSync(file).length / 2))],
    ['with damaged pages', damagePages],
  ])('%s is set aside and named, and a new one begun', async (_, damage) => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const outbox = variables['EVALSPAN_OUTBOX']!
    backend.break({ status: 503 })
    const before = startHost({ events: earlier.file, exitCode }, { ...variables, EVALSPAN_FLUSH_TIMEOUT: '200ms' })
    expect(await before.ended).toMatchObject({ code: exitCode })
    backend.heal()
    damage(join(outbox, 'outbox.db'))

    const host = startHost({ events: workload.file, exitCode }, variables)
    const { code, stderr } = await host.ended
    expect(code).toBe(exitCode)
    const aside = readdirSync(outbox).filter((name) => /^outbox\.db\.corrupt-.*(?<!-wal|-shm)$/.test(name))
    expect(aside).toHaveLength(1)
    expect(stderr).toContain(join(outbox, aside[0]!))
    expect(accounts(host.told.report!.destinations)).toEqual(expected(produced, 'delivered'))
    expect(difference(backend.ledger, produced)).toMatchObject({ missing: [], repeated: [], changed: [] })
    expect(await status(variables)).toEqual(expected(produced, 'delivered'))
  })

  it('that is damaged while the eval is running costs nothing that the backend takes', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const pauseAfter = Math.floor(workload.steps.length / 2)
    const host = startHost({ events: workload.file, exitCode, pauseAfter }, variables)
    await host.until(({ paused }) => paused !== undefined)
    const file = join(variables['EVALSPAN_OUTBOX']!, 'outbox.db')
    for (const each of [file, `${file}-wal`]) if (existsSync(each)) damagePages(each)
    host.resume()
    expect(await host.ended).toMatchObject({ code: exitCode })
    accounts(host.told.report!.destinations)
    expect(difference(backend.ledger, produced)).toMatchObject({ missing: [], unknown: [], changed: [] })
  })
})

/** An eval with that outbox keeps its exit code, says something, and all it produced is at the backend. */
async function expectAllDelivered(backend: Backend, variables: Variables): Promise<void> {
  const host = startHost({ events: workload.file, exitCode }, variables)
  const { code, stderr } = await host.ended
  expect(code).toBe(exitCode)
  expect(stderr).toContain(variables['EVALSPAN_OUTBOX']!)
  expect(accounts(host.told.report!.destinations)).toEqual(expected(produced, 'delivered'))
  expectExactly(backend.ledger, produced)
}

function mountDisk(folder: string, options: string): void {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  mounted.push(folder)
}

function whyNoMount(): string | undefined {
  try {
    const folder = newFolder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' })
    execFileSync('umount', [folder])
    return undefined
  } catch (error) {
    return `no tmpfs can be mounted here: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`
  }
}

/** The first page, with the schema in it, stays as it is. */
function damagePages(file: string): void {
  const descriptor = openSync(file, 'r+')
  const { size } = fstatSync(descriptor)
  const pageBytes = 4096
  for (let offset = pageBytes; offset < size; offset += pageBytes) {
    writeSync(descriptor, randomBytes(Math.min(pageBytes, size - offset)), 0, undefined, offset)
  }
  closeSync(descriptor)
}
