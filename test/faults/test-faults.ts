import { beforeAll, describe, expect, it } from 'vitest'
import { accounts, expected, status } from './account.ts'
import { evalspan, startHost, type Variables } from './child-process.ts'
import type { FaultCase, Mode } from './fault-case.ts'
import type { FaultyBackend } from './faulty-backend.ts'
import { countRepeats, expectExactly } from './holdings.ts'
import { scratch } from './scratch.ts'
import { variablesFor } from './variables.ts'
import { keysOf, writeWorkload, type Workload } from './workload.ts'

const exitCode = 7
const nothingLeft = { waiting: 0, dropped: 0 }
const patient = { timeout: 60_000, interval: 500 }

/**
 * Each fault while an eval is running, and when it ends. In the end all numbers add up, and the backend holds exactly
 * the set that was produced.
 */
export function testFaults<B extends FaultyBackend>(cases: readonly FaultCase<B>[]): void {
  const { path, folder: newFolder } = scratch()
  let workload: Workload
  let produced: { spans: Set<string>; logs: Set<string> }
  beforeAll(async () => {
    workload = await writeWorkload(path, 'matrix', 6)
    produced = keysOf(workload)
  })

  describe('a run without a fault', () => {
    it('brings exactly what the mapping makes of its events, each once, and keeps the exit code', async () => {
      const fault = cases[0]!
      await using backend = await fault.start()
      const folder = newFolder()
      const variables = variablesFor(folder, backend.url, fault.variables?.(backend, folder))
      const host = startHost({ events: workload.file, exitCode }, variables)
      expect(await host.ended).toMatchObject({ code: exitCode, stderr: '' })
      expect(accounts(host.told.report!.destinations)).toEqual(expected(produced, 'delivered'))
      expectExactly(backend.ledger, produced)
      expect(countRepeats(backend.ledger)).toBe(0)
      expect(backend.ledger.count('eval.sample.completed')).toBe(workload.samples)
      expect(await status(variables)).toEqual(expected(produced, 'delivered'))
    })
  })

  describe.concurrent('a fault while the eval is running', () => {
    it.for([...cases])('$name', async (fault) => {
      const mode = 'while running'
      await using backend = await fault.start()
      const folder = newFolder()
      const variables = variablesFor(folder, backend.url, fault.variables?.(backend, folder))
      const pauseAfter = Math.floor(workload.steps.length / 2)

      await fault.break(backend, mode)
      const host = startHost({ events: workload.file, exitCode, pauseAfter }, ofEval(fault, variables))
      await host.until(({ paused }) => paused !== undefined)
      await fault.met(backend)
      // The items at fault are looked for with smaller and smaller batches.
      if (fault.items(mode) === 'are parked') await expect.poll(() => someRejected(variables), patient).toBe(true)
      await fault.heal(backend, folder, mode)
      host.resume()
      expect(await host.ended).toMatchObject({ code: exitCode })
      const report = accounts(host.told.report!.destinations)
      expect(await status(variables)).toEqual(report)

      if (fault.items(mode) === 'are parked') {
        expect(report.map(({ waiting, dropped }) => ({ waiting, dropped }))).toEqual([nothingLeft, nothingLeft])
        expect(report.some(({ rejected }) => rejected > 0)).toBe(true)
        expect(await evalspan(['retry'], variables)).toMatchObject({ code: 0 })
      }
      await expectAllThere(fault, backend, variables)
    })
  })

  describe.concurrent('a fault that is still there when the eval ends', () => {
    it.for(cases.filter(({ heals = true }) => heals))('$name', async (fault) => {
      const mode = 'at the end'
      await using backend = await fault.start()
      const folder = newFolder()
      const variables = variablesFor(folder, backend.url, fault.variables?.(backend, folder))

      await fault.break(backend, mode)
      const { flushTimeout = '1s' } = fault
      const hasty = { ...ofEval(fault, variables), EVALSPAN_FLUSH_TIMEOUT: flushTimeout }
      const host = startHost({ events: workload.file, exitCode }, hasty)
      const { code, stderr } = await host.ended
      expect({ code, stderr, closed: host.told.report !== undefined }).toEqual({ code: exitCode, stderr, closed: true })
      const report = accounts(host.told.report!.destinations)
      expect(report).toEqual(expected(produced, whereTo(fault, mode), fault.refused))
      expect(await status(variables)).toEqual(report)
      if (whereTo(fault, mode) === 'waiting')
        expect(stderr).toMatch(/items? waits? for otlp\/traces .*`evalspan flush`/)

      await fault.heal(backend, folder, mode)
      const command = whereTo(fault, mode) === 'rejected' ? 'retry' : 'flush'
      expect(await evalspan([command], variables)).toMatchObject({ code: 0 })
      await expectAllThere(fault, backend, variables)
    })
  })

  async function someRejected(variables: Variables): Promise<boolean> {
    return (await status(variables)).some(({ rejected }) => rejected > 0)
  }

  async function expectAllThere(fault: FaultCase<B>, backend: B, variables: Variables): Promise<void> {
    const { refused = 0, losesAnswers = false } = fault
    const { ledger } = backend
    expect(await status(variables)).toEqual(expected(produced, 'delivered', refused))
    if (refused === 0) expectExactly(ledger, produced)
    else {
      const held = [...ledger.spans.keys()]
      expect(held.length).toBe(produced.spans.size - refused)
      expectExactly(ledger, { ...produced, spans: new Set(held.filter((key) => produced.spans.has(key))) })
    }
    expect(countRepeats(ledger) > 0).toBe(losesAnswers)
    expect(ledger.count('eval.sample.completed')).toBe(workload.samples)
  }
}

function whereTo<B extends FaultyBackend>(fault: FaultCase<B>, mode: Mode): 'waiting' | 'rejected' | 'delivered' {
  return ({ wait: 'waiting', 'are parked': 'rejected', 'are taken': 'delivered' } as const)[fault.items(mode)]
}

function ofEval<B extends FaultyBackend>({ isSilent = false }: FaultCase<B>, variables: Variables): Variables {
  return isSilent ? { ...variables, OTEL_EXPORTER_OTLP_TIMEOUT: '1000' } : variables
}
