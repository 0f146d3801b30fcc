import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../bench/random.ts'
import { accounts, expected, status } from './account.ts'
import { Backend } from './backend.ts'
import { evalspan, startEvalspan, startHost, type Child } from './child-process.ts'
import { countRepeats, difference, expectExactly } from './holdings.ts'
import { inPool } from './in-pool.ts'
import type { Ledger } from './ledger.ts'
import { scratch } from './scratch.ts'
import { variablesFor } from './variables.ts'
import { keysOf, writeWorkload, type Workload } from './workload.ts'

const kills = Number(process.env['FAULTS_KILLS'] ?? 100)
const seed = Number(process.env['FAULTS_SEED'] ?? 4)
const atOnce = 4
const paceMs = 2
const storedEvery = 5
const exitCode = 7
/** Several processes share two cores. */
const mostMsToNote = 250

const { path, folder: newFolder } = scratch()
let workload: Workload
let produced: { spans: Set<string>; logs: Set<string> }
/** Of a run without a kill: from its opening to its end, and what it counted. */
let lifetimeMs: number
/** Of a host, from its start to its opening. */
let startMs: number
let counts: Record<string, number>

beforeAll(async () => {
  workload = await writeWorkload(path, 'kill', 8)
  produced = keysOf(workload)
  await using backend = await Backend.start()
  const began = performance.now()
  const host = startHost(
    { events: workload.file, exitCode, paceMs, storedEvery },
    variablesFor(newFolder(), backend.url),
  )
  await host.until(({ opened }) => opened === true)
  const opened = performance.now()
  startMs = opened - began
  expect(await host.ended).toMatchObject({ code: exitCode, stderr: '' })
  lifetimeMs = performance.now() - opened
  expect(accounts(host.told.report!.destinations)).toEqual(expected(produced, 'delivered'))
  expectExactly(backend.ledger, produced)
  counts = evalCounts(backend.ledger)
  expect(counts).toMatchObject({ 'eval.sample.completed': workload.samples })
})

describe('kill -9', () => {
  it(`takes nothing along that was stored, at ${kills} moments`, { timeout: 900_000 }, async () => {
    const results = await inPool(kills, atOnce, (number) => killOnce(number))
    const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0)
    console.log(
      `${kills} kills (seed ${seed}): ${sum(({ stored }) => stored)} acknowledged, ${sum(({ missing }) => missing)} of them missing; ` +
        `${sum(({ repeats }) => repeats)} twice, ${sum(({ unexplained }) => unexplained)} of them without a lost answer; ` +
        `${results.filter(({ inFlight }) => inFlight).length} kills met a request under way, ` +
        `${results.filter(({ tooLate }) => tooLate).length} came too late`,
    )
    expect(results.flatMap(({ problems }) => problems)).toEqual([])
    expect(results.filter(({ tooLate }) => tooLate).length).toBeLessThan(kills / 4)
  })
})

interface Result {
  /** Items whose commit was told before the kill. */
  readonly stored: number
  readonly missing: number
  readonly repeats: number
  readonly unexplained: number
  readonly inFlight: boolean
  readonly tooLate: boolean
  readonly problems: readonly string[]
}

async function killOnce(number: number): Promise<Result> {
  const random = new Random(seed * 1_000 + number)
  const problems: string[] = []
  const check = (what: string, found: unknown, wanted: unknown): void => {
    if (isDeepStrictEqual(found, wanted)) return
    problems.push(`kill ${number}: ${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`)
  }
  await using backend = await Backend.start()
  const { ledger } = backend
  backend.delayMs = random.below(50)
  const variables = variablesFor(newFolder(), backend.url)
  // Every fourth is a replay, which tells nothing of what it stored.
  const isReplay = number % 4 === 3
  const child = isReplay
    ? startEvalspan(['replay', workload.file], variables)
    : startHost({ events: workload.file, exitCode, paceMs, storedEvery }, variables)
  const { inFlight, killedAt } = await killAtSomeMoment(child, backend, isReplay, random)
  const { code, stderr } = await child.ended
  const tooLate = code === (isReplay ? 0 : exitCode)
  if (!tooLate) check('exit code and standard error', [code, stderr], [137, ''])
  // What it had sent by then still arrives.
  await sleep(backend.delayMs + 30)
  loseLastAnswers(ledger, killedAt)
  const stored = keysOf(workload, child.told.stored ?? 0)

  const flush = await evalspan(['flush'], variables)
  check('flush', [flush.code, flush.stderr], [0, ''])
  const missing = difference(ledger, stored).missing.length
  check('missing although they were stored', missing, 0)
  const { unknown, repeated, changed } = difference(ledger, produced)
  check('unknown, repeated, changed', [unknown, repeated, changed], [[], [], []])

  const replay = await evalspan(['replay', workload.file], variables)
  check('replay', [replay.code, replay.stderr], [0, ''])
  const after = difference(ledger, produced)
  check('after the replay', after, { missing: [], unknown: [], repeated: [], changed: [] })
  check('counts after the replay', evalCounts(ledger), counts)
  // The replay has told its own; the whole books are asked for now and then, since each command costs its start.
  if (number % 4 === 0) check('status', await status(variables), expected(produced, 'delivered'))
  return {
    stored: stored.spans.size + stored.logs.size,
    missing,
    repeats: countRepeats(ledger),
    unexplained: after.repeated.length,
    inFlight,
    tooLate,
    problems,
  }
}

interface Kill {
  /** A request was under way. */
  readonly inFlight: boolean
  /** By `performance.now()`. */
  readonly killedAt: number
}

/** At any time of its life, or just when it was told that something is stored, or just when a request was taken. */
async function killAtSomeMoment(child: Child, backend: Backend, isReplay: boolean, random: Random): Promise<Kill> {
  const kind = random.below(4)
  const part = random.below(1_000) / 1_000
  let underWay = 0
  backend.onRequest = () => void (underWay += 1)
  backend.onAnswered = () => void (underWay -= 1)
  if (kind === 0) await Promise.race([taken(backend, 1 + random.below(isReplay ? 2 : 12)), child.ended])
  else if (isReplay) await sleep(startMs * (0.5 + part))
  else if (kind === 1) await child.until(({ stored = 0 }) => stored >= part * 0.9 * workload.steps.length)
  else {
    await child.until(({ opened }) => opened === true)
    await sleep(part * lifetimeMs)
  }
  const afterMs = kind === 0 ? random.below(4) : 0
  if (afterMs > 0) await sleep(afterMs)
  const kill = { inFlight: underWay > 0, killedAt: performance.now() }
  child.kill('SIGKILL')
  return kill
}

function taken(backend: Backend, requests: number): Promise<void> {
  return new Promise((resolve) => {
    backend.onTaken = () => {
      if (backend.ledger.requests.length === requests) resolve()
    }
  })
}

/** Whether the killed process had noted the last answer of a signal nobody can say, unless it had the time to. */
function loseLastAnswers({ requests }: Ledger, killedAt: number): void {
  for (const signal of ['traces', 'logs'] as const) {
    const last = requests.findLast((request) => request.signal === signal)
    if (last && last.takenAt > killedAt - mostMsToNote) last.lost = true
  }
}

/** What an evaluation counts; how often evalspan itself did something is another matter. */
function evalCounts(ledger: Ledger): Record<string, number> {
  const names = Object.entries(ledger.counts()).filter(([name]) => !/^(evalspan|eval\.bridge)\./.test(name))
  return Object.fromEntries(names.map(([name, count]) => [name, Math.round(count * 1e6) / 1e6]))
}
