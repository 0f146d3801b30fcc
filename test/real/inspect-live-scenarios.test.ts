import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { check } from '../../scripts/fidelity/check.ts'
import { differenceLines } from '../../scripts/fidelity/difference-lines.ts'
import type { Arrivals } from './arrivals.ts'
import { arrivalDifferences, type ArrivalDifference } from './differences.ts'
import { describeWithInspect } from './inspect-python.ts'
import { freshReplay } from './inspect-scene.ts'
import { judge, liveExtras } from './live-extras.ts'
import { LiveScene } from './live-scene.ts'
import { LiveScenarios } from './live-scenarios.ts'
import { isOfOtherHooks, wireDifferences } from './wire-differences.ts'

const minutes = 60_000
/** `LIVE_SCENARIOS="ctrl_c killed"` runs some of them, for who works on these. */
const names = (process.env['LIVE_SCENARIOS'] ?? '').split(' ').filter((name) => name !== '')

describeWithInspect('scenarios that are seen live', () => {
  let live: LiveScenarios
  let replayed: Arrivals
  let differences: readonly ArrivalDifference[]

  beforeAll(async () => {
    live = await LiveScenarios.run(names)
    replayed = await freshReplay(live.scene, live.logs)
    differences = arrivalDifferences(live.scene.arrivals, replayed)
  }, 15 * minutes)
  afterAll(async () => await live?.[Symbol.asyncDispose]())

  it('are told without any problem', () => {
    const { code, stderr } = live.listener
    expect({ code, problems: withoutDrafts(stderr) }).toEqual({ code: 0, problems: [] })
    if (names.length === 0) expect(live.scenarios.length).toBeGreaterThan(250)
  })

  it('give all that a replay of their logs gives, and what is on the list', () => {
    const headers = live.scenarios.flatMap(({ logs }) => logs.map(({ header }) => header))
    const scene = new LiveScene({ live: live.scene.arrivals.spans, replayed: replayed.spans, headers })
    const { listed, unlisted } = judge(differences, scene)
    expect(unlisted).toEqual([])
    // What is on the list and does not happen is not to be expected either.
    const expected = liveExtras.filter(({ isRare }) => !isRare).map(({ name }) => name)
    if (names.length === 0) expect(expected.filter((name) => listed.get(name)!.length === 0)).toEqual([])
  })

  it.each([
    ['a replay', ['replay']],
    ['one look of a watcher', ['watch', '--once', '--quiet', '0.001']],
  ])('are not sent again by %s, which counts what it would tell otherwise', async (_, command) => {
    const later = await live.later(...command, live.logs)
    const keys = (kind: ArrivalDifference['kind'], of: ArrivalDifference['of']): string[] =>
      differences.filter((each) => each.kind === kind && each.of === of).map(({ key }) => key)
    expect({ code: later.code, problems: withoutDrafts(later.stderr) }).toEqual({ code: 0, problems: [] })
    expect(later.spans.map(({ key }) => key).toSorted()).toEqual(keys('missing', 'span').toSorted())
    expect(later.records.length).toBe(keys('missing', 'record').length)
    const superseded = [...later.stdout.matchAll(/([\d,]+) superseded/g)].map(([, count]) => Number(count))
    const expected = [keys('different', 'record').length, keys('different', 'span').length]
    expect(superseded).toEqual(expected.filter((count) => count > 0))
  })

  it('arrive as they were fired', async () => {
    const { different, late, fired } = await wireDifferences(live)
    expect(different).toEqual([])
    expect(late).toEqual([])
    if (names.length === 0) expect(fired).toBeGreaterThan(15_000)
  })

  it(
    'arrive as a replay fires them, but for what a log does not hold',
    async () => {
      const result = await check(live.folder, live.arrived)
      const lines = differenceLines(result).filter((line) => !isOfOtherHooks(line) && !line.startsWith('killed'))
      expect({ lines, problems: result.problems }).toEqual({ lines: [], problems: [] })
    },
    5 * minutes,
  )

  it('differ from their logs as the documentation says', () => {
    const rows = liveExtras.map(({ name, reason }) => `| ${name} | ${reason} |`)
    expect(readFileSync('docs/live.md', 'utf8')).toContain(rows.join('\n'))
  })
})

/** Lines for the user, but for those that say that something was killed. */
function withoutDrafts(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !/^\d+ tasks?\b.* no end (that|in) /.test(line))
}
