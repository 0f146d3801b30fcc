import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  evalRetry,
  evaluate,
  generate,
  match,
  modelOutput,
  task,
  useTools,
  type Task,
  type TaskState,
} from '../../src/index.ts'
import { openLog } from '../../src/inspect/log.ts'
import type { HookEvent } from '../../src/index.ts'
import type { Event } from '../../src/inspect/records.ts'
import { eventually } from '../faults/child-process.ts'
import { readIds } from '../inspect/read-all.ts'
import { openFor } from '../inspect/buffer/read-buffer.ts'
import { count, runningIn, told } from '../sources/running.ts'
import { temporaryFolders } from './in-folder.ts'
import { takeFired } from './recorder.ts'
import { failing, quickModel } from './scenarios.ts'

const newFolder = temporaryFolders()
const quiet = { banner: () => {} }

/** Where a sample waits until it may go on. */
class Gate {
  #open: () => void = () => {}
  isReached = false
  readonly #opened = new Promise<void>((resolve) => void (this.#open = resolve))

  async pass(): Promise<void> {
    this.isReached = true
    await this.#opened
  }

  open(): void {
    this.#open()
  }
}

const add = {
  description: 'Adds',
  inputSchema: { type: 'object', properties: { x: { type: 'number' } } },
  execute: async ({ x }: { x: number }) => String(x + 1),
}

/** One sample of which tools were called, and which then waits at the gate. */
function waiting(gate: Gate, retryOnError = 0): Task {
  let attempts = 0
  return task({
    name: 'waiting',
    dataset: [{ id: 'one', input: 'What is 2+2? '.repeat(20), target: '3', metadata: { level: 2 } }],
    model: quickModel([modelOutput.toolCall('add', { x: 1 }), '3']),
    solver: [
      useTools({ add }),
      generate(),
      async (state) => {
        attempts += 1
        if (attempts <= retryOnError) {
          await sleep(200)
          throw new Error('boom')
        }
        await gate.pass()
        state.metadata['level'] = 3
        return state
      },
    ],
    scorer: match(),
    retryOnError,
  })
}

function logIn(folder: string): string {
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.eval'))!,
  )
}

function buffersIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.buffer'))
}

async function buffered(folder: string): Promise<void> {
  await eventually('a manifest', () => buffersIn(folder).some((name) => name.endsWith('manifest.json')))
}

function eventsIn(fired: readonly HookEvent[]): Event[] {
  return fired.flatMap((event) => (event.hook === 'onSampleEvent' ? [event.data.event] : []))
}

describe('a run that is going on', () => {
  it('has beside its log what hooks were told, in the same words, and nothing when it is over', async () => {
    const gate = new Gate()
    const logDir = newFolder()
    takeFired()
    const run = evaluate(waiting(gate), { logDir, logShared: 0.05 }, quiet)
    await eventually('the gate', () => gate.isReached)
    await buffered(logDir)
    const live = takeFired()
    const { buffer, problems } = await openFor(logIn(logDir), { XDG_DATA_HOME: '/nowhere' })
    const written = (): Event[] =>
      buffer.samples().flatMap((each) => [...buffer.changes(each)].map(({ event }) => event))
    const last = eventsIn(live).at(-1)
    for (let tries = 0; tries < 1000 && written().at(-1)?.uuid !== last?.uuid; tries += 1) {
      await sleep(10)
      await buffer.refresh()
    }
    const changes = written()
    const start = live.find(({ hook }) => hook === 'onSampleStart')
    expect(start?.data).toMatchObject({ summary: buffer.samples()[0]!.summary })
    const solvers = changes.findIndex((event) => event.event === 'span_begin' && event.name === 'solvers')
    expect(changes.slice(0, solvers).map(({ event }) => event)).toEqual(['span_begin', 'sample_init', 'span_end'])
    expect(changes.slice(solvers).filter(({ pending }) => !pending)).toEqual(eventsIn(live))
    expect(changes.filter(({ pending }) => pending).map(({ event }) => event)).toEqual(['model', 'tool', 'model'])
    expect(problems).toEqual([])
    gate.open()
    const [log] = await run
    expect(log!.status).toBe('success')
    expect(log!.eval.config).toMatchObject({ log_realtime: true, log_shared: 1 })
    expect(readdirSync(logDir)).toEqual([logIn(logDir).slice(logDir.length + 1)])
    // What was seen while it ran is in the log, up to that moment.
    const reader = await openLog(log!.location)
    const [entry] = await Array.fromAsync(reader.samples())
    await reader.close()
    const final = 'sample' in entry! ? entry.sample.events : []
    const latest = new Map(changes.map((event) => [event.uuid, event]))
    expect(final.slice(0, latest.size)).toEqual([...latest.values()])
  })

  it('is told by readers as its hooks were, each attempt in its turn', async () => {
    const gate = new Gate()
    const logDir = newFolder()
    takeFired()
    const run = evaluate(waiting(gate, 1), { logDir, logShared: 0.02 }, quiet)
    await buffered(logDir)
    const { update, problems } = await runningIn({ logPath: logIn(logDir), env: { XDG_DATA_HOME: '/nowhere' } })
    const seen: HookEvent[] = []
    for (const deadline = performance.now() + 20_000; count(seen, 'onModelUsage') < 4; await sleep(5)) {
      if (performance.now() > deadline) throw new Error(`not all was told: ${told(seen).join(', ')}`)
      seen.push(...(await update()))
    }
    const shown = (events: readonly HookEvent[]): string[] =>
      told(events).filter((what) => /^(attempt|onModel|onSample(Init|Start))/.test(what))
    expect(shown(seen)).toEqual(shown(takeFired()))
    gate.open()
    await run
    expect(problems).toEqual([])
  })

  it.each([
    ['an error ends it', { dataset: [{ input: 'a' }], solver: failing(9) }, 'error'],
    ['it is cancelled', { dataset: [{ input: 'a' }], model: quickModel(['late'], 5000) }, 'cancelled'],
  ] as const)('leaves nothing beside its log when %s', async (_, options, status) => {
    const logDir = newFolder()
    const gate = new AbortController()
    const slow = async <T>(state: T): Promise<T> => {
      await buffered(logDir)
      if (status === 'cancelled') gate.abort()
      return state
    }
    const solver = [slow, 'solver' in options ? options.solver : generate()]
    const one = task({ name: 'ends', model: quickModel(), ...options, solver })
    const [log] = await evaluate(one, { logDir, logShared: 0.02, signal: gate.signal }, quiet)
    expect(log!.status).toBe(status)
    expect(buffersIn(logDir)).toEqual([])
  })

  it.each([{ logRealtime: false }, { logSamples: false }])('has nothing beside its log with %j', async (options) => {
    const logDir = newFolder()
    const during: string[] = []
    const slow = async <T>(state: T): Promise<T> => {
      await sleep(100)
      during.push(...buffersIn(logDir))
      return state
    }
    const one = task({ name: 'plain', dataset: [{ input: 'a' }], model: quickModel(), solver: slow })
    const [log] = await evaluate(one, { logDir, logShared: 0.02, ...options }, quiet)
    expect(during).toEqual([])
    expect(log!.eval.config['log_realtime']).toBe(options.logRealtime ?? true)
  })

  it('has what it took over from an earlier log in its own before it goes on', async () => {
    const logDir = newFolder()
    const dataset = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({ id, input: id }))
    const inLog: (string | number)[] = []
    let fails = true
    const solver = async <T extends TaskState>(state: T): Promise<T> => {
      if (state.sampleId !== 'h') return state
      if (fails) throw new Error('boom')
      const retried = readdirSync(logDir)
        .filter((name) => name.endsWith('.eval'))
        .toSorted()
      inLog.push(...(await readIds(join(logDir, retried.at(-1)!))))
      return state
    }
    const one = task({ name: 'again', dataset, model: quickModel(), solver, failOnError: false })
    const [log] = await evaluate(one, { logDir }, quiet)
    await sleep(5)
    fails = false
    await evalRetry(log!.location, one, { logDir }, quiet)
    expect(new Set(inLog)).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g']))
  })

  it.each([0, -1, Number.NaN, '2' as unknown as number])('cannot be shared every %j seconds', async (logShared) => {
    const one = task({ name: 'plain', dataset: [{ input: 'a' }], model: quickModel() })
    await expect(evaluate(one, { logDir: newFolder(), logShared }, quiet)).rejects.toThrow(
      `logShared: ${JSON.stringify(logShared)} is no number of seconds from 0 to 86400`,
    )
  })
})
