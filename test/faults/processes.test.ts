import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { expected, status } from './account.ts'
import { Backend } from './backend.ts'
import { evalspan, eventually, startEvalspan, startHost } from './child-process.ts'
import { countRepeats, difference, expectExactly, type Produced } from './holdings.ts'
import type { Ledger } from './ledger.ts'
import { scratch } from './scratch.ts'
import { variablesFor } from './variables.ts'
import { keysOf, writeWorkload, type Workload } from './workload.ts'

const { path, folder: newFolder } = scratch()
const exitCode = 7
/** No wait for the store in between. */
const never = 1_000_000
let one: Workload
let other: Workload
let third: Workload
beforeAll(async () => {
  one = await writeWorkload(path, 'one', 6)
  other = await writeWorkload(path, 'other', 6)
  third = await writeWorkload(path, 'third', 6)
})

describe.concurrent('several processes on one outbox', () => {
  it('two evals, a replay and two flushes send each item once', async () => {
    await using backend = await Backend.start()
    backend.delayMs = 30
    const variables = variablesFor(newFolder(), backend.url)
    const evals = [one, other].map(({ file }) => startHost({ events: file, exitCode, paceMs: 3 }, variables))
    const replay = startEvalspan(['replay', third.file], variables)
    await evals[0]!.until(({ stored }) => stored !== undefined)
    const flushes = [startEvalspan(['flush'], variables), startEvalspan(['flush'], variables)]
    const ended = await Promise.all([...evals, replay, ...flushes].map((child) => child.ended))
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [exitCode, ''],
      [exitCode, ''],
      [0, ''],
      [0, ''],
      [0, ''],
    ])
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    const produced = union(keysOf(one), keysOf(other), keysOf(third))
    expectExactly(backend.ledger, produced)
    expect(countRepeats(backend.ledger)).toBe(0)
    expect(await status(variables)).toEqual(expected(produced, 'delivered'))
    expect(backend.ledger.count('eval.sample.completed')).toBe(one.samples + other.samples + third.samples)
  })

  it('two evals at once that have the same events send each item once, and count it once', async () => {
    await using backend = await Backend.start()
    backend.delayMs = 10
    const variables = variablesFor(newFolder(), backend.url)
    const evals = [one, one].map(({ file }) => startHost({ events: file, exitCode, paceMs: 2 }, variables))
    const ended = await Promise.all(evals.map((child) => child.ended))
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [exitCode, ''],
      [exitCode, ''],
    ])
    expectExactly(backend.ledger, keysOf(one))
    expect(countRepeats(backend.ledger)).toBe(0)
    expect(await status(variables)).toEqual(expected(keysOf(one), 'delivered'))
    expect(backend.ledger.count('eval.sample.completed')).toBe(one.samples)
  })

  it('nothing of a killed one is forgotten, and the others go on', async () => {
    await using backend = await Backend.start()
    backend.delayMs = 30
    const variables = variablesFor(newFolder(), backend.url)
    const killed = startHost({ events: one.file, exitCode, paceMs: 4 }, variables)
    const survivor = startHost({ events: other.file, exitCode, paceMs: 4 }, variables)
    await killed.until(({ stored = 0 }) => stored >= 60)
    killed.kill('SIGKILL')
    await killed.ended
    expect(await survivor.ended).toMatchObject({ code: exitCode, stderr: '' })
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0, stderr: '' })
    const stored = keysOf(one, killed.told.stored)
    const { missing } = difference(backend.ledger, union(stored, keysOf(other)))
    expect(missing).toEqual([])
    expectKillExplainsRepeats(backend.ledger, union(keysOf(one), keysOf(other)))
    expect((await status(variables)).map(({ waiting, dropped }) => waiting + dropped)).toEqual([0, 0])
  })

  it('a flush that is killed takes nothing along', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    backend.break({ status: 503 })
    const host = startHost({ events: one.file, exitCode }, { ...variables, EVALSPAN_FLUSH_TIMEOUT: '200ms' })
    expect(await host.ended).toMatchObject({ code: exitCode })
    backend.break('hang')
    const met = backend.faulty
    const killed = startEvalspan(['flush'], variables)
    await eventually('a request under way', () => backend.faulty > met)
    killed.kill('SIGKILL')
    await killed.ended
    backend.heal()
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    expectExactly(backend.ledger, keysOf(one))
    expect(countRepeats(backend.ledger)).toBe(0)
    expect(await status(variables)).toEqual(expected(keysOf(one), 'delivered'))
  })

  it('one that is stopped while it sends keeps no other from ending, and sends nothing twice when it goes on', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    // Its requests must not be over when it goes on, or their answers would be lost to it.
    const patient = { ...variables, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }
    backend.break({ slowMs: 300 }, 1)
    const stopped = startHost({ events: one.file, exitCode, pauseAfter: 60 }, patient)
    await eventually('a request under way', () => backend.faulty > 0)
    stopped.kill('SIGSTOP')
    const hasty = { ...variables, EVALSPAN_FLUSH_TIMEOUT: '3s' }
    const running = startHost({ events: other.file, exitCode }, hasty)
    expect(await running.ended).toMatchObject({ code: exitCode })
    stopped.kill('SIGCONT')
    await stopped.until(({ paused }) => paused !== undefined)
    stopped.resume()
    expect(await stopped.ended).toMatchObject({ code: exitCode })
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    const produced = union(keysOf(one), keysOf(other))
    expectExactly(backend.ledger, produced)
    expect(countRepeats(backend.ledger)).toBe(0)
    expect(await status(variables)).toEqual(expected(produced, 'delivered'))
  })
})

describe.concurrent.for([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s during an eval', ([signal, code]) => {
  it('brings what was fired to the backend and ends as the signal has it', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const host = startHost({ events: one.file, exitCode, pauseAfter: 60 }, variables)
    await host.until(({ paused }) => paused !== undefined)
    host.kill(signal)
    expect(await host.ended).toMatchObject({ code, stderr: '' })
    expectExactly(backend.ledger, keysOf(one, 60))
    expect(await status(variables)).toEqual(expected(keysOf(one, 60), 'delivered'))
  })

  it('waits no longer than EVALSPAN_FLUSH_TIMEOUT for a backend that hangs, and loses nothing', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    const patient = { ...variables, EVALSPAN_FLUSH_TIMEOUT: '1s', OTEL_EXPORTER_OTLP_TIMEOUT: '30000' }
    backend.break('hang')
    const host = startHost({ events: one.file, exitCode, pauseAfter: 60 }, patient)
    await host.until(({ paused }) => paused !== undefined)
    const began = performance.now()
    host.kill(signal)
    expect(await host.ended).toMatchObject({ code })
    expect(performance.now() - began).toBeLessThan(4_000)
    backend.heal()
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    expectExactly(backend.ledger, keysOf(one, 60))
    expect(await status(variables)).toEqual(expected(keysOf(one, 60), 'delivered'))
  })

  it('leaves the exit code to a handler of the host', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    backend.delayMs = 100
    const host = startHost({ events: one.file, exitCode, pauseAfter: 60, ownHandler: true }, variables)
    await host.until(({ paused }) => paused !== undefined)
    host.kill(signal)
    expect(await host.ended).toMatchObject({ code: exitCode })
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0 })
    expect(difference(backend.ledger, keysOf(one, 60))).toMatchObject({ missing: [], unknown: [], changed: [] })
    expect(await status(variables)).toEqual(expected(keysOf(one, 60), 'delivered'))
  })

  it('ends a replay, and what it had read waits', async () => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    backend.break('hang')
    const replay = startEvalspan(['replay', one.file], { ...variables, EVALSPAN_FLUSH_TIMEOUT: '2s' })
    await eventually('a request under way', () => backend.faulty > 0)
    replay.kill(signal)
    expect(await replay.ended).toMatchObject({ code })
    const waiting = await status(variables)
    expect(waiting.reduce((sum, account) => sum + account.waiting, 0)).toBeGreaterThan(0)
    backend.heal()
    expect(await evalspan(['replay', one.file], variables)).toMatchObject({ code: 0 })
    expectExactly(backend.ledger, keysOf(one))
    expect(await status(variables)).toEqual(expected(keysOf(one), 'delivered'))
  })
})

describe.concurrent.for([
  ['process.exit() in the middle', 'exit', exitCode],
  ['an uncaught exception', 'throw', 1],
  ['an end without closing the session', 'return', exitCode],
] as const)('%s', ([, end, code]) => {
  it.for(['healthy', 'away'])('loses nothing that was fired, with a backend that is %s', async (backendIs) => {
    await using backend = await Backend.start()
    const variables = variablesFor(newFolder(), backend.url)
    if (backendIs === 'away') backend.break({ status: 503 })
    else backend.delayMs = 50
    const host = startHost({ events: one.file, exitCode, storedEvery: never, end, endAfter: 100 }, variables)
    const ended = await host.ended
    expect(ended).toMatchObject({ code })
    if (end === 'throw') expect(ended.stderr).toContain('the eval itself failed')
    // What was under way arrives, though nobody waits for the answer any more.
    await sleep(100)
    const arrived = backend.ledger.requests.length
    backend.heal()
    expect(await evalspan(['flush'], variables)).toMatchObject({ code: 0, stderr: '' })
    const produced = keysOf(one, 100)
    expectKillExplainsRepeats(backend.ledger, produced)
    expect(difference(backend.ledger, produced).missing).toEqual([])
    expect(countRepeats(backend.ledger) > 0 && arrived === 0).toBe(false)
    expect(await status(variables)).toEqual(expected(produced, 'delivered'))
  })
})

/** Nothing unknown, nothing changed, and what came twice came in the last request of a signal that one process sent. */
function expectKillExplainsRepeats(ledger: Ledger, produced: Produced): void {
  const { unknown, repeated, changed } = difference(ledger, produced)
  expect({ unknown, changed }).toEqual({ unknown: [], changed: [] })
  const requests = repeated.map((key) => (ledger.spans.get(key) ?? ledger.logs.get(key))![0]!.request)
  for (const signal of ['traces', 'logs'] as const) {
    expect(new Set(requests.filter((request) => request.signal === signal)).size).toBeLessThanOrEqual(1)
  }
}

function union(...all: readonly Produced[]): { spans: Set<string>; logs: Set<string> } {
  return {
    spans: new Set(all.flatMap(({ spans }) => [...spans])),
    logs: new Set(all.flatMap(({ logs }) => [...logs])),
  }
}
