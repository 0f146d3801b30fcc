import { execFileSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { forwarderEnvironment } from '../../src/cli/live/forwarder-environment.ts'
import type { Child, Ended, Variables } from '../faults/child-process.ts'
import type { Arrivals } from './arrivals.ts'
import { describedByUs } from './inspect-described.ts'
import { pythonCommand } from './inspect-python.ts'
import { freshReplay, type InspectScene } from './inspect-scene.ts'

/** Runs `live_evals.py` under `evalspan run`. */
export function startLive(scene: InspectScene, options: readonly string[], more: Variables = {}): Child {
  return scene.evalspan(['run', '--', ...evalCommand(scene, options)], more)
}

export function evalCommand(scene: InspectScene, options: readonly string[]): readonly string[] {
  return pythonCommand('live_evals.py', scene.logs, ...options)
}

/** For a Python that is to find the forwarder without any installation, as `evalspan run` lets it. */
export function forwarding(address: Variables): Variables {
  return forwarderEnvironment({}, address) as Variables
}

/** `evalspan listen`, at work. */
export interface Listening {
  readonly child: Child
  /** For evals that are to tell it. */
  readonly variables: Variables
}

export async function listen(
  scene: InspectScene,
  options: readonly string[] = [],
  more: Variables = {},
): Promise<Listening> {
  const child = scene.evalspan(['listen', ...options], more)
  await child.until(() => child.stdout.includes('export '))
  const [, name = '', value = ''] = /export (\w+)=(\S+)/.exec(child.stdout)!
  return { child, variables: forwarding({ ...more, [name]: value }) }
}

/** Ends it in order. */
export async function stop({ child }: Listening): Promise<Ended> {
  child.kill('SIGTERM')
  const ended = await child.ended
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  return ended
}

/** The status of each log, and of its samples the error, or `ok`. */
export async function outcomesOf(scene: InspectScene): Promise<unknown[]> {
  return await Promise.all(
    scene.paths.map(async (path) => {
      const { status, samples } = await describedByUs(path)
      const errors = Object.entries(samples).map(([id, { error }]) => [id, error ?? 'ok'] as const)
      return [status, Object.fromEntries(errors)]
    }),
  )
}

/** The outcomes of one log of three samples that went well. */
export const succeeded = [['success', { '1 1': 'ok', '2 1': 'ok', '3 1': 'ok' }]]

/**
 * All that a replay of the logs alone gives has come, once and the same, but for spans of which only a live run knows all:
 * these are named.
 */
export async function expectAllThere(scene: InspectScene, onlyLive: readonly string[] = []): Promise<void> {
  const alone = await freshReplay(scene, scene.logs)
  expect(scene.arrivals.keys).toEqual(alone.keys)
  expectSame(scene.arrivals, alone, onlyLive)
}

/** The same where processes were killed that waited for an answer: what this was of is sent once more. */
export async function expectAllThereAtLeastOnce(scene: InspectScene): Promise<void> {
  const alone = await freshReplay(scene, scene.logs)
  expect([...new Set(scene.arrivals.keys)]).toEqual(alone.keys)
  expectSame(scene.arrivals, alone, [])
}

function expectSame(live: Arrivals, alone: Arrivals, onlyLive: readonly string[]): void {
  const contents = new Map(alone.spans.map(({ key, content }) => [key, content]))
  const different = live.spans.filter(({ key, content }) => !isDeepStrictEqual(content, contents.get(key)))
  expect(different.map(({ name }) => name).toSorted()).toEqual(onlyLive)
  const texts = ({ all: { records } }: Arrivals): string[] => [...new Set(records.map((each) => JSON.stringify(each)))]
  expect(texts(live)).toEqual(texts(alone))
  if (onlyLive.length === 0) expect(live.all.totals).toEqual(alone.all.totals)
}

/** What became of what was sent, by destination, from the account of a command. */
export function accountOf({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): Record<string, Account> {
  const text = `${stdout}\n${stderr}`.replaceAll('\r', '')
  const equation =
    /^(\S+) +http\S+\n +([\d,]+) produced = ([\d,]+) delivered \+ ([\d,]+) waiting \+ ([\d,]+) rejected \+ ([\d,]+) dropped/gm
  const accounts: Record<string, Account> = {}
  for (const [, name = '', ...counts] of text.matchAll(equation)) {
    const [produced = 0, delivered = 0, waiting = 0, rejected = 0, dropped = 0] = counts.map((count) =>
      Number(count.replaceAll(',', '')),
    )
    expect(delivered + waiting + rejected + dropped).toBe(produced)
    accounts[name] = { delivered, waiting, rejected, dropped }
  }
  return accounts
}

interface Account {
  readonly delivered: number
  readonly waiting: number
  readonly rejected: number
  readonly dropped: number
}

/** Runs what the last line of an eval says is left to do, which repairs what was lost. */
export async function followAdvice(scene: InspectScene, { stderr }: Ended): Promise<void> {
  const [, words = ''] = /evalspan (replay [^\n`]*)/.exec(stderr.trimEnd().split('\n').at(-1)!) ?? []
  expect(words, stderr).toMatch(/^replay \//)
  const ended = await scene.evalspan(words.split(' ')).ended
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
}

/** The number of the process that runs the evals of this scene. */
export function evalIn(scene: InspectScene): number {
  const [number] = evalsIn(scene)
  if (number === undefined) throw new Error(`no eval of ${scene.logs} is running`)
  return number
}

export function isRunning(scene: InspectScene): boolean {
  return evalsIn(scene).length > 0
}

function evalsIn({ logs }: InspectScene): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines
    .filter((line) => /^ *\d+ \S*python/.test(line) && line.includes(logs))
    .map((line) => Number.parseInt(line, 10))
}

/** Of a destination that has taken all. */
export const allDelivered: Partial<Account> = { waiting: 0, rejected: 0, dropped: 0 }
