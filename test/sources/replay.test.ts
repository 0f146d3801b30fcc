import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toRecord } from '../../src/hooks/wire.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { stringify } from '../../src/inspect/json.ts'
import { partOfLog } from '../inspect/part-of-log.ts'
import { replay, type ReplayOptions } from '../../src/sources/replay.ts'

const fixtures = 'test/fixtures/inspect'
const recorded = readdirSync(fixtures)
  .filter((name) => name.endsWith('.hooks.jsonl'))
  .map((name) => name.replace('.hooks.jsonl', ''))
  // Its log has no samples.
  .filter((name) => name !== 'no_log_samples')

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'evalspan-replay-'))))
afterEach(() => rmSync(folder, { recursive: true }))

async function read(paths: readonly string[], options: Partial<ReplayOptions> = {}) {
  const problems: string[] = []
  const events: HookEvent[] = []
  for await (const event of replay(paths, { onProblem: (error) => problems.push(error.message), ...options }))
    events.push(event)
  return { events, problems }
}

function logOf(name: string): string {
  return [`${fixtures}/${name}.eval`, `${fixtures}/${name}.json`, `${fixtures}/${name}`].find((path) =>
    existsSync(path),
  )!
}

describe('replay of what Inspect recorded', () => {
  it.each(recorded)('%s fires the hooks of each sample in the order in which Inspect fired them', async (name) => {
    const [live, replayed] = [await read([`${fixtures}/${name}.hooks.jsonl`]), await read([logOf(name)])]
    expect(replayed.problems).toEqual([])
    expect(lifecycles(replayed.events)).toEqual(lifecycles(live.events))
    expect(counts(replayed.events)).toEqual(counts(live.events))
  })

  // Of retried attempts the log keeps the tail only; one event of odd_values got lost on the way to the hooks.
  const complete = recorded.filter((name) => !['retry_on_error', 'retry_exhausted', 'odd_values'].includes(name))
  it.each(complete)('%s streams the events of each sample in the order in which they were complete', async (name) => {
    const [live, replayed] = [await read([`${fixtures}/${name}.hooks.jsonl`]), await read([logOf(name)])]
    expect(streamed(replayed.events)).toEqual(streamed(live.events))
  })

  it('says of everything that it is a replay of a run of Inspect, in times that do not go back within a sample', async () => {
    const { events } = await read([`${fixtures}/react_agent.eval`])
    expect(new Set(events.map(({ meta }) => `${meta.host} ${meta.replay}`))).toEqual(new Set(['inspect true']))
    const ends = events.flatMap(({ hook, meta }) =>
      ['onSampleInit', 'onSampleStart', 'onSampleAttemptStart', 'onSampleAttemptEnd', 'onSampleEnd'].includes(hook)
        ? [meta.time]
        : [],
    )
    expect(ends).toEqual(ends.toSorted())
  })

  it('tells the wait and the cause of a retried call, as far as the log does', async () => {
    const { events } = await read([`${fixtures}/model_retries.eval`])
    const retries = events.flatMap((event) => (event.hook === 'onModelRetry' ? [event.data] : []))
    expect(
      retries.map(({ model_name, attempt, exception_type, status_code }) => ({
        model_name,
        attempt,
        exception_type,
        status_code,
      })),
    ).toEqual([
      { model_name: 'rl', attempt: 1, exception_type: 'RateLimit', status_code: 429 },
      { model_name: 'rl', attempt: 2, exception_type: 'RateLimit', status_code: 429 },
    ])
    for (const { wait_time } of retries) expect(wait_time).toBeCloseTo(0.055, 1)
  })
})

describe('what is replayed', () => {
  it('puts the logs of one eval set together, whatever lies between them', async () => {
    const set = `${fixtures}/eval_set_retry_immediate`
    const { events } = await read([set, `${fixtures}/basic.eval`])
    const hooks = events.filter(({ hook }) => /^on(EvalSet|Run|Task)/.test(hook)).map(({ hook }) => hook)
    expect(hooks).toEqual([
      'onRunStart',
      'onTaskStart',
      'onTaskEnd',
      'onRunEnd',
      'onEvalSetStart',
      'onRunStart',
      'onTaskStart',
      'onTaskEnd',
      'onTaskStart',
      'onTaskStart',
      'onTaskEnd',
      'onRunEnd',
      'onEvalSetEnd',
    ])
  })

  it('fires no hooks for a sample that a retry took over, and says so', async () => {
    const reused: string[] = []
    const { events } = await read([`${fixtures}/eval_set_retry_immediate`], {
      to: { taskLog() {}, sampleReused: (log) => void reused.push(log.eval.task) },
    })
    const ids = events.flatMap((event) => (event.hook === 'onSampleEnd' ? [event.data.sample_id] : []))
    expect(ids).toHaveLength(new Set(ids).size)
    expect(reused).toEqual(['t_b'])
  })

  it('takes a log once, however often and under whatever name it is given', async () => {
    const one = await read([`${fixtures}/basic.eval`])
    const twice = await read([
      `${fixtures}/basic.eval`,
      `./${fixtures}/basic.eval`,
      `${fixtures}/basic.*`.replace('.*', '.eval'),
    ])
    expect(twice.events).toHaveLength(one.events.length)
  })

  it('finds logs by pattern and in folders beneath folders, and leaves out what is no log', async () => {
    const { events, problems } = await read([`${fixtures}/{basic,sandbox}.eval`])
    expect(problems).toEqual([])
    expect(counts(events)['onRunStart']).toBe(2)
    writeFileSync(join(folder, 'notes.json'), '{}')
    expect((await read([folder])).problems).toEqual([
      `${folder}: no logs in this folder (looked for *.eval and *.json named by time)`,
    ])
  })

  it('goes on past paths that lead nowhere', async () => {
    const { events, problems } = await read(['nowhere.eval', 'nothing/*.eval', `${fixtures}/basic.eval`])
    expect(problems).toEqual(['nowhere.eval: no such file or folder', 'nothing/*.eval: nothing matches this pattern'])
    expect(counts(events)['onSampleEnd']).toBe(2)
  })

  it('takes samples by id or uuid, and says which it did not find', async () => {
    const { events, problems } = await read([`${fixtures}/basic.eval`], { samples: ['two', 'three'] })
    expect(events.flatMap((event) => (event.hook === 'onSampleEnd' ? [event.data.sample.id] : []))).toEqual(['two'])
    expect(problems).toEqual(['no sample `three` in these logs; --sample takes an id of the dataset or a uuid'])
  })

  it('takes the same samples of an event log', async () => {
    const { events, problems } = await read([`${fixtures}/basic.hooks.jsonl`], { samples: ['two'] })
    expect(problems).toEqual([])
    expect(events.flatMap((event) => (event.hook === 'onSampleEnd' ? [event.data.sample.id] : []))).toEqual(['two'])
    expect(new Set(events.flatMap(({ data }) => ('event' in data ? [data.sample_id] : []))).size).toBe(1)
    const limited = await read([`${fixtures}/basic.hooks.jsonl`], { limit: 1 })
    expect(counts(limited.events)['onSampleEnd']).toBe(1)
  })

  it('keeps logs apart that tell no run, and gives them a time when they tell none', async () => {
    const header = { version: 2, status: 'success', plan: {}, stats: {}, samples: [] }
    for (const id of ['a', 'b']) {
      const spec = {
        task: id,
        model: 'x/y',
        eval_id: id,
        run_id: '',
        task_id: '',
        created: 'long ago',
        dataset: {},
        config: {},
      }
      writeFileSync(join(folder, `2020-01-01T00-00-00_${id}.json`), JSON.stringify({ ...header, eval: spec }))
    }
    const { events, problems } = await read([folder])
    expect(problems).toEqual([])
    const starts = events.filter(({ hook }) => hook === 'onRunStart')
    expect(starts.map(({ data }) => 'run_id' in data && data.run_id)).toEqual(['a', 'b'])
    expect(starts[0]!.meta.time.slice(0, 4)).toBe(String(new Date().getUTCFullYear()))
  })

  it('names a dangling link that a pattern matches, and goes on', async () => {
    symlinkSync('/nowhere/at/all.eval', join(folder, 'a.eval'))
    const { problems } = await read([`${folder}/*.eval`])
    expect(problems).toEqual([`${folder}/a.eval: there is no such file; check the path`])
  })

  it('takes at most so many samples of each log as it is told', async () => {
    const { events } = await read([`${fixtures}/basic.eval`, `${fixtures}/odd_values.eval`], { limit: 1 })
    expect(counts(events)['onSampleEnd']).toBe(2)
  })
})

describe('event logs', () => {
  it('give back the events that were written, odd values and all', async () => {
    const { events } = await read([`${fixtures}/odd_values.hooks.jsonl`])
    const path = join(folder, 'events.jsonl')
    writeFileSync(path, events.map((event) => `${stringify(toRecord(event))}\n`).join(''))
    expect((await read([path])).events).toEqual(events)
  })

  it('are read past lines that are no events, which are named', async () => {
    const path = join(folder, 'events.jsonl')
    const good =
      '{"hook":"on_run_start","time":"2026-01-01T00:00:00Z","host":"inspect","data":{"run_id":"r","task_names":[]}}'
    writeFileSync(path, `${good}\n\nnonsense\n{"hook":"on_nothing","time":1,"data":{}}\n${good.slice(0, 40)}`)
    const { events, problems } = await read([path])
    expect(events).toHaveLength(1)
    expect(problems.map((problem) => problem.slice(0, path.length + 9))).toEqual(
      [`${path}, line 3:`, `${path}, line 4:`, `${path}, line 5:`].map((text) => text.slice(0, path.length + 9)),
    )
  })
})

/** By sample: the hooks of its life, without its events and without those of its model calls. */
function lifecycles(events: readonly HookEvent[]): { [sample: string]: string[] } {
  const lives = events.filter(({ hook }) => !['onSampleEvent', 'onBeforeModelGenerate', 'onModelRetry'].includes(hook))
  return grouped(lives, ({ hook, data }) => `${hook} ${'attempt' in data ? data.attempt : ''}`)
}

/** By sample: the uuids of its events, in the order of their last delivery. */
function streamed(events: readonly HookEvent[]): { [sample: string]: string[] } {
  const all = grouped(
    events.filter(({ hook }) => hook === 'onSampleEvent'),
    ({ data }) => ('event' in data ? (data.event.uuid ?? '') : ''),
  )
  return Object.fromEntries(
    Object.entries(all).map(([sample, uuids]) => [sample, [...new Set(uuids.toReversed())].toReversed()]),
  )
}

function grouped(events: readonly HookEvent[], textOf: (event: HookEvent) => string): { [sample: string]: string[] } {
  const groups: { [sample: string]: string[] } = {}
  for (const event of events) {
    if ('sample_id' in event.data && event.data.sample_id) (groups[event.data.sample_id] ??= []).push(textOf(event))
  }
  return groups
}

/** How often each hook fired; live, an event is delivered again when it changes. */
function counts(events: readonly HookEvent[]): { [hook: string]: number } {
  const groups = Map.groupBy(
    events.filter(({ hook }) => hook !== 'onSampleEvent'),
    ({ hook }) => hook,
  )
  return Object.fromEntries([...groups].map(([hook, fired]) => [hook, fired.length]))
}

describe('a log of a run that is going on', () => {
  it('gives its start and what is finished, but no end', async () => {
    const { events, problems } = await read([`${fixtures}/inprogress`])
    expect(problems).toEqual([])
    const ends = ['onRunStart', 'onTaskStart', 'onSampleEnd', 'onTaskEnd', 'onRunEnd', 'onEvalSetEnd']
    const hooks = events.map(({ hook }) => hook).filter((hook) => ends.includes(hook))
    expect(hooks).toEqual(['onRunStart', 'onTaskStart', 'onSampleEnd', 'onSampleEnd'])
  })
})

it('ends a run whose unfinished log was recovered beside it', async () => {
  const isOfFirst = (name: string): boolean => !name.startsWith('samples/') || name === 'samples/1_epoch_1.json'
  writeFileSync(join(folder, 'run.eval'), await partOfLog(`${fixtures}/basic.eval`, isOfFirst))
  expect((await read([folder])).events.at(-1)?.hook).not.toBe('onRunEnd')
  copyFileSync(`${fixtures}/basic.eval`, join(folder, 'run-recovered.eval'))
  const { events } = await read([folder])
  expect(events.map(({ hook }) => hook).filter((hook) => /^on(?:Run|Task|Sample)End$/.test(hook))).toEqual([
    'onSampleEnd',
    'onSampleEnd',
    'onTaskEnd',
    'onRunEnd',
  ])
})
