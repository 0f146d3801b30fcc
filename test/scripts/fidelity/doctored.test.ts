import { describe, expect, it } from 'vitest'
import { compareLoaded, loadScenario, type LoadedScenario } from '../../../scripts/fidelity/load.ts'
import { findScenarios } from '../../../scripts/fidelity/scenarios.ts'
import { changedValues, withOneTwice, withoutOne, type Doctored } from './doctor.ts'

const { scenarios } = await findScenarios('test/fixtures/inspect')

async function load(name: string): Promise<LoadedScenario> {
  const problems: string[] = []
  const scenario = scenarios.find((each) => each.name === name)!
  const loaded = await loadScenario(scenario, (problem) => problems.push(problem))
  expect(problems).toEqual([])
  expect(compareLoaded(loaded).different).toEqual([])
  return loaded
}

/** How many of the changes are found, and those that are not. */
function tryAll(
  loaded: LoadedScenario,
  all: Iterable<Doctored>,
  side: 'live' | 'replayed' = 'live',
): { found: string; missed: string[] } {
  const missed: string[] = []
  let tried = 0
  for (const { name, fired } of all) {
    tried += 1
    if (compareLoaded({ ...loaded, [side]: fired }).different.length === 0) missed.push(name)
  }
  return { found: `${tried - missed.length} of ${tried}`, missed }
}

// An id that Inspect writes nowhere, and a time that no other hook of the sample tells, are in no log.
describe('a value that was changed in the hooks of a run', () => {
  it('is found: samples that pass', async () => {
    const loaded = await load('basic')
    expect(tryAll(loaded, changedValues(loaded.live))).toMatchInlineSnapshot(`
      {
        "found": "1425 of 1427",
        "missed": [
          "9 onBeforeModelGenerate sample_id",
          "11 onBeforeModelGenerate sample_id",
        ],
      }
    `)
  })

  it('is found: a generation from the cache', async () => {
    const loaded = await load('cache_write')
    expect(tryAll(loaded, changedValues(loaded.live))).toMatchInlineSnapshot(`
      {
        "found": "705 of 706",
        "missed": [
          "6 onBeforeModelGenerate sample_id",
        ],
      }
    `)
  })

  it('is found: model calls that were tried again', async () => {
    const loaded = await load('model_retries')
    expect(tryAll(loaded, changedValues(loaded.live))).toMatchInlineSnapshot(`
      {
        "found": "836 of 839",
        "missed": [
          "6 onBeforeModelGenerate sample_id",
          "11 onBeforeModelGenerate sample_id",
          "14 onBeforeModelGenerate sample_id",
        ],
      }
    `)
  })

  it('is found: a sandbox that never starts', async () => {
    const loaded = await load('sandbox_init_fail')
    expect(tryAll(loaded, changedValues(loaded.live))).toMatchInlineSnapshot(`
      {
        "found": "188 of 189",
        "missed": [
          "3 onSampleInit summary.started_at",
        ],
      }
    `)
  })

  it('is found: odd values', async () => {
    const loaded = await load('odd_values')
    const some = changedValues(loaded.live).filter((_, index) => index % 7 === 0)
    expect(tryAll(loaded, some)).toMatchInlineSnapshot(`
      {
        "found": "468 of 469",
        "missed": [
          "21 onBeforeModelGenerate sample_id",
        ],
      }
    `)
  })

  it('is found: an agent', async () => {
    const loaded = await load('react_agent')
    const some = changedValues(loaded.live).filter((_, index) => index % 11 === 0)
    expect(tryAll(loaded, some)).toMatchInlineSnapshot(`
      {
        "found": "340 of 341",
        "missed": [
          "30 onBeforeModelGenerate sample_id",
        ],
      }
    `)
  })
})

// The one event that may be missing is the one that was on its way when the solvers ended.
describe('a hook that is missing, or was fired twice', () => {
  const names = ['basic', 'cancelled', 'eval_set_retry_immediate', 'limit_message', 'limit_time', 'model_retries']

  it('is found when it is missing', async () => {
    const outcomes: unknown[] = []
    for (const name of names) {
      const loaded = await load(name)
      const { found, missed } = tryAll(loaded, withoutOne(loaded.live))
      outcomes.push([name, found, ...missed])
    }
    expect(outcomes).toMatchInlineSnapshot(`
      [
        [
          "basic",
          "50 of 50",
        ],
        [
          "cancelled",
          "47 of 53",
          "23 onSampleEvent",
          "24 onSampleEvent",
          "37 onSampleEvent",
          "38 onSampleEvent",
          "43 onSampleEvent",
          "46 onSampleEvent",
        ],
        [
          "eval_set_retry_immediate",
          "83 of 84",
          "44 onSampleEnd",
        ],
        [
          "limit_message",
          "27 of 29",
          "14 onSampleEvent",
          "16 onSampleEvent",
        ],
        [
          "limit_time",
          "20 of 22",
          "8 onSampleEvent",
          "10 onSampleEvent",
        ],
        [
          "model_retries",
          "28 of 30",
          "13 onSampleEvent",
          "18 onSampleEvent",
        ],
      ]
    `)
  })

  it('is found when it was fired twice', async () => {
    const outcomes: unknown[] = []
    for (const name of names) {
      const loaded = await load(name)
      const { found, missed } = tryAll(loaded, withOneTwice(loaded.live))
      outcomes.push([name, found, ...missed])
    }
    expect(outcomes).toMatchInlineSnapshot(`
      [
        [
          "basic",
          "50 of 50",
        ],
        [
          "cancelled",
          "53 of 53",
        ],
        [
          "eval_set_retry_immediate",
          "84 of 84",
        ],
        [
          "limit_message",
          "29 of 29",
        ],
        [
          "limit_time",
          "22 of 22",
        ],
        [
          "model_retries",
          "30 of 30",
        ],
      ]
    `)
  })
})

describe('a value that a replay gets wrong', () => {
  it('is found', async () => {
    const outcomes: unknown[] = []
    for (const name of ['basic', 'limit_message', 'model_retries']) {
      const loaded = await load(name)
      const some = changedValues(loaded.replayed).filter((_, index) => index % 3 === 0)
      const { found, missed } = tryAll(loaded, some, 'replayed')
      outcomes.push([name, found, ...missed])
    }
    expect(outcomes).toMatchInlineSnapshot(`
      [
        [
          "basic",
          "448 of 451",
          "3 onSampleInit summary.started_at",
          "23 onSampleAttemptEnd summary.started_at",
          "27 onSampleAttemptStart summary.started_at",
        ],
        [
          "limit_message",
          "325 of 327",
          "4 onSampleStart summary.started_at",
          "25 onSampleAttemptEnd summary.started_at",
        ],
        [
          "model_retries",
          "267 of 269",
          "3 onSampleInit summary.started_at",
          "12 onModelRetry wait_time",
        ],
      ]
    `)
  })
})
