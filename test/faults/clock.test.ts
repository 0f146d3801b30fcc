import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { accounts, expected, status } from './account.ts'
import { Backend } from './backend.ts'
import { evalspan, eventually, startEvalspan, startHost, type Variables } from './child-process.ts'
import { countRepeats, expectExactly } from './holdings.ts'
import { scratch } from './scratch.ts'
import { variablesFor } from './variables.ts'
import { keysOf, writeWorkload, type Workload } from './workload.ts'

const { path, folder: newFolder } = scratch()
const exitCode = 7
const preload = pathToFileURL(join(import.meta.dirname, 'child/shift-clock.ts')).href
let workload: Workload
let produced: { spans: Set<string>; logs: Set<string> }
beforeAll(async () => {
  workload = await writeWorkload(path, 'clock', 6)
  produced = keysOf(workload)
})

// Items may wait for 30 days, so a jump by more cannot be told from them having done so.
describe.concurrent.each([20, -20, -20_000])('a clock that jumps by %i days', (days) => {
  it('while the eval is running changes nothing', async () => {
    const { backend, variables, setClock } = await start()
    await using _ = backend
    const host = startHost({ events: workload.file, exitCode, pauseAfter: 60 }, variables)
    await host.until(({ paused }) => paused !== undefined)
    setClock(days)
    host.resume()
    expect(await host.ended).toMatchObject({ code: exitCode, stderr: '' })
    await expectEachOnce(backend, variables)
  })

  it('while items wait for a backend that was away does not keep them from it', async () => {
    const { backend, variables, setClock } = await start()
    await using _ = backend
    backend.break({ status: 503 })
    const host = startHost({ events: workload.file, exitCode, pauseAfter: 60 }, variables)
    await host.until(({ paused }) => paused !== undefined)
    await eventually('a failed request', () => backend.faulty > 0)
    setClock(days)
    backend.heal()
    host.resume()
    expect(await host.ended).toMatchObject({ code: exitCode, stderr: '' })
    await expectEachOnce(backend, variables)
  })

  it('between the end of the eval and the flush loses nothing', async () => {
    const { backend, variables, setClock } = await start()
    await using _ = backend
    backend.break({ status: 503, headers: { 'retry-after': '1' } })
    const host = startHost({ events: workload.file, exitCode }, { ...variables, EVALSPAN_FLUSH_TIMEOUT: '200ms' })
    expect(await host.ended).toMatchObject({ code: exitCode })
    expect(await status(variables)).toEqual(expected(produced, 'waiting'))
    setClock(days)
    backend.heal()
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    await expectEachOnce(backend, variables)
  })

  it('after a kill -9 with a request under way leaves nothing stuck', async () => {
    const { backend, variables, setClock } = await start()
    await using _ = backend
    backend.break('hang')
    const host = startHost({ events: workload.file, exitCode, pauseAfter: 60 }, variables)
    await host.until(({ paused }) => paused !== undefined)
    await eventually('a request under way', () => backend.faulty > 0)
    host.kill('SIGKILL')
    await host.ended
    setClock(days)
    backend.heal()
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    const stored = keysOf(workload, 60)
    expectExactly(backend.ledger, stored)
    expect(await status(variables)).toEqual(expected(stored, 'delivered'))
  })

  it('while a request is under way has no other process send the same', async () => {
    const { backend, variables, setClock } = await start()
    await using _ = backend
    const patient = { ...variables, OTEL_EXPORTER_OTLP_TIMEOUT: '10000' }
    backend.break({ slowMs: 1_500 }, 2)
    const host = startHost({ events: workload.file, exitCode, pauseAfter: 60 }, patient)
    await host.until(({ paused }) => paused !== undefined)
    await eventually('a request under way', () => backend.faulty > 0)
    setClock(days)
    const flush = startEvalspan(['flush'], patient)
    host.resume()
    expect(await host.ended).toMatchObject({ code: exitCode, stderr: '' })
    expect(await flush.ended).toMatchObject({ code: 0 })
    expect(accounts(host.told.report!.destinations).map(({ rejected, dropped }) => rejected + dropped)).toEqual([0, 0])
    await expectEachOnce(backend, variables)
  })
})

async function start(): Promise<{ backend: Backend; variables: Variables; setClock: (days: number) => void }> {
  const backend = await Backend.start()
  const folder = newFolder()
  const file = join(folder, 'clock')
  const setClock = (days: number): void => writeFileSync(file, String(days * 86_400_000))
  setClock(0)
  const more = { NODE_OPTIONS: `--import=${preload}`, TEST_CLOCK_FILE: file }
  return { backend, variables: variablesFor(folder, backend.url, more), setClock }
}

async function expectEachOnce({ ledger }: Backend, variables: Variables): Promise<void> {
  expectExactly(ledger, produced)
  expect(countRepeats(ledger)).toBe(0)
  expect(await status(variables)).toEqual(expected(produced, 'delivered'))
}
