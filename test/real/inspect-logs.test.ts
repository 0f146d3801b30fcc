import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, type Check } from '../../scripts/fidelity/check.ts'
import { differenceLines } from '../../scripts/fidelity/difference-lines.ts'
import { describedByInspect, describedByUs, type DescribedLog } from './inspect-described.ts'
import { expectedOfSpans, toldBySpans } from './inspect-replayed.ts'
import { describeWithInspect, outputOf, pythonCommand } from './inspect-python.ts'

/** Of the scenarios' own time, much is waiting. */
const jobs = 3
const minutes = 60_000

describeWithInspect('logs that Inspect has just written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evalspan-inspect-'))
  const described = new Map<string, DescribedLog>()

  beforeAll(async () => {
    const made = await outputOf(pythonCommand('generate.py', folder, '--jobs', String(jobs)))
    // A scenario that this version lacks would be left out, here and everywhere.
    expect(made).not.toContain('skipped')
    const paths = logsIn(folder)
    const all = await describedByInspect(paths)
    for (const [index, log] of all.entries()) described.set(paths[index]!, log)
  }, 10 * minutes)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are many, of every status', () => {
    const count = (status: string): number => [...described.values()].filter((log) => log.status === status).length
    expect(described.size).toBeGreaterThan(250)
    expect(['success', 'error', 'cancelled', 'started'].filter((status) => count(status) < 5)).toEqual([])
  })

  describe('replayed', () => {
    let result: Check
    beforeAll(async () => void (result = await check(folder)), 5 * minutes)

    it('fire what Inspect fired', () => {
      expect(result.problems).toEqual([])
      expect(result.scenarios.length).toBeGreaterThan(200)
      expect(differenceLines(result)).toEqual([])
    })
  })

  it('hold for our reader what they hold for Inspect’s', async () => {
    const ours = new Map<string, DescribedLog>()
    for (const path of described.keys()) ours.set(path, withSortedEvents(await describedByUs(path)))
    expect(ours).toStrictEqual(new Map([...described].map(([path, log]) => [path, withSortedEvents(log)])))
  })

  it(
    'give spans that say the same of tasks and samples',
    async () => {
      for (const [path, log] of described) {
        const told = await toldBySpans(path)
        expect([basename(path), told]).toStrictEqual([basename(path), expectedOfSpans(log)])
      }
    },
    5 * minutes,
  )
})

/** Of samples that are scored again Inspect puts the events span by span; ours are in the order in which they happened. */
function withSortedEvents(log: DescribedLog): DescribedLog {
  const samples = Object.entries(log.samples).map(([key, sample]) => [
    key,
    { ...sample, events: sample.events.toSorted() },
  ])
  return { ...log, samples: Object.fromEntries(samples) as DescribedLog['samples'] }
}

/** Eval sets have files of their own in their folders, and Inspect's buffer has one for its parts. */
function logsIn(folder: string): string[] {
  const others = new Set(['logs.json', 'eval-set.json', 'manifest.json'])
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(eval|json)$/.test(name) && !others.has(basename(name)))
    .toSorted()
    .map((name) => join(folder, name))
}
