import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HookEvent } from '../../../src/hooks/hooks.ts'
import { replay } from '../../../src/sources/replay.ts'
import { LogWatch } from '../../../src/sources/watch/log-watch.ts'
import { partOfLog } from '../../inspect/part-of-log.ts'

const fixtures = 'test/fixtures/inspect'
const basic = `${fixtures}/basic.eval`
const quietMs = 5_000

let folder: string
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evalspan-watch-'))
  now = Date.now()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A watcher as the command has one, with the notes of those before it. */
class Scene {
  readonly problems: string[] = []
  readonly reused: string[] = []
  readonly #notes: Map<string, string>
  readonly watch: LogWatch

  constructor(notes = new Map<string, string>()) {
    this.#notes = notes
    this.watch = new LogWatch({
      folders: [folder],
      notes: [...notes].map(([name, value]) => ({ name, value })),
      quietMs,
      onProblem: (error) => this.problems.push(error.message.replaceAll(folder, 'FOLDER')),
      to: { taskLog: () => {}, sampleReused: (log) => this.reused.push(log.eval.eval_id) },
      now: () => now,
    })
  }

  async look(): Promise<HookEvent[]> {
    const events: HookEvent[] = []
    for await (const batch of this.watch.scan()) events.push(...batch)
    for (const [name, value] of this.watch.notes.take()) {
      if (value === undefined) this.#notes.delete(name)
      else this.#notes.set(name, value)
    }
    return events
  }

  get noted(): string[] {
    return [...this.#notes.keys()]
  }

  /** Looks until something has come: the system tells of changes a moment later. */
  async lookUntilNews(): Promise<HookEvent[]> {
    let events: HookEvent[] = []
    await expect
      .poll(async () => (events = await this.look()).length, { interval: 20, timeout: 5000 })
      .toBeGreaterThan(0)
    return events
  }

  /** Another process after this one was killed. */
  again(): Scene {
    this.watch.close()
    return new Scene(this.#notes)
  }

  [Symbol.dispose](): void {
    this.watch.close()
  }
}

function put(name: string, content: Uint8Array, ageMs = 0): void {
  writeFileSync(join(folder, name), content)
  const time = (now - ageMs) / 1000
  utimesSync(join(folder, name), time, time)
}

async function part(...samples: readonly string[]): Promise<Buffer> {
  return partOfLog(basic, (name) => !name.startsWith('samples/') || samples.some((id) => name.includes(`/${id}_epoch`)))
}

function ends(events: readonly HookEvent[]): string[] {
  const telling = [
    'onEvalSetStart',
    'onRunStart',
    'onTaskStart',
    'onSampleEnd',
    'onTaskEnd',
    'onRunEnd',
    'onEvalSetEnd',
  ]
  return events.flatMap(({ hook, data }) =>
    telling.includes(hook) ? ['sample' in data ? `${hook} ${data.sample.id}` : hook] : [],
  )
}

async function replayed(...paths: readonly string[]): Promise<HookEvent[]> {
  return Array.fromAsync(
    replay(paths, {
      onProblem: (error) => {
        throw error
      },
    }),
  )
}

describe('a watched folder', () => {
  it('tells each sample when it is in its log, the end of the task with its log, and of the run when it is quiet', async () => {
    put('run.eval', await part())
    using scene = new Scene()
    expect(ends(await scene.look())).toEqual(['onRunStart', 'onTaskStart'])
    put('run.eval', await part('1'))
    expect(ends(await scene.lookUntilNews())).toEqual(['onSampleEnd 1'])
    copyFileSync(basic, join(folder, 'run.eval'))
    expect(ends(await scene.lookUntilNews())).toEqual(['onSampleEnd two', 'onTaskEnd'])
    expect(await scene.look()).toEqual([])
    now += 2 * quietMs
    expect(ends(await scene.look())).toEqual(['onRunEnd'])
    now += 2 * quietMs
    expect(await scene.look()).toEqual([])
    expect(scene.problems).toEqual([])
  })

  it('ends the run of a log that was cut off when it has been recovered', async () => {
    put('run.eval', await part('1'), 2 * quietMs)
    using scene = new Scene()
    expect(ends(await scene.look())).toEqual(['onRunStart', 'onTaskStart', 'onSampleEnd 1'])
    // Its name comes before that of the other.
    put('run-recovered.eval', readFileSync(basic))
    const events = await scene.lookUntilNews()
    expect(ends(events)).toEqual(['onTaskStart', 'onSampleEnd two', 'onTaskEnd'])
    now += 2 * quietMs
    const [end] = await scene.look()
    expect(end).toMatchObject({ hook: 'onRunEnd', data: { logs: [{ status: 'success' }] } })
    expect(ends(await replayed(folder)).toSorted()).toEqual([
      'onRunEnd',
      'onRunStart',
      'onSampleEnd 1',
      'onSampleEnd two',
      'onTaskEnd',
      'onTaskStart',
      'onTaskStart',
    ])
    expect(scene.problems).toEqual([])
  })

  it('tells in the end what a replay tells', async () => {
    cpSync(`${fixtures}/eval_set_retry_immediate`, folder, { recursive: true })
    for (const name of ['basic', 'react_agent', 'cancelled', 'fail_on_error']) {
      copyFileSync(`${fixtures}/${name}.eval`, join(folder, `${name}.eval`))
    }
    using scene = new Scene()
    const events = await scene.look()
    now += 2 * quietMs
    events.push(...(await scene.look()))
    const texts = (all: readonly HookEvent[]): string[] => all.map((event) => JSON.stringify(event)).toSorted()
    expect(texts(events)).toEqual(texts(await replayed(folder)))
    expect(scene.reused).toHaveLength(1)
  })

  it('goes on after a restart: what is over is known, a run that goes on is told again from its beginning', async () => {
    put('over.eval', readFileSync(`${fixtures}/react_agent.eval`), 60_000)
    put('run.eval', await part('1'))
    using scene = new Scene()
    expect(ends(await scene.look())).toContain('onRunEnd')
    using second = scene.again()
    expect(await second.look()).toEqual([])
    using third = second.again()
    copyFileSync(basic, join(folder, 'run.eval'))
    expect(ends(await third.look())).toEqual([
      'onRunStart',
      'onTaskStart',
      'onSampleEnd 1',
      'onSampleEnd two',
      'onTaskEnd',
    ])
    using fourth = third.again()
    now += 2 * quietMs
    expect(ends(await fourth.look()).at(-1)).toBe('onRunEnd')
    using fifth = fourth.again()
    expect(await fifth.look()).toEqual([])
  })

  it('tells a run anew when one of its logs is changed after its end', async () => {
    put('run.eval', readFileSync(basic), 60_000)
    using scene = new Scene()
    await scene.look()
    using second = scene.again()
    utimesSync(join(folder, 'run.eval'), now / 1000, now / 1000)
    expect(ends(await second.look())).toEqual([
      'onRunStart',
      'onTaskStart',
      'onSampleEnd 1',
      'onSampleEnd two',
      'onTaskEnd',
    ])
  })

  it('passes over samples that a retry took over from a log that was told by a watcher before', async () => {
    const set = `${fixtures}/eval_set_retry_immediate`
    const logs = readdirSync(set).filter((name) => name.endsWith('.eval'))
    const retried = logs.find((name) => name.includes('09-11-20'))!
    for (const name of logs) if (name !== retried) copyFileSync(join(set, name), join(folder, name))
    using scene = new Scene()
    await scene.look()
    using second = scene.again()
    copyFileSync(join(set, retried), join(folder, retried))
    await second.look()
    expect(second.reused).toHaveLength(1)
  })

  it('says nothing of a file that is still being copied, and then once what is wrong with it', async () => {
    const whole = readFileSync(basic)
    put('cut.eval', whole.subarray(0, 3000))
    put('garbage.eval', Buffer.from('this is no log'))
    using scene = new Scene()
    expect(ends(await scene.look())).toEqual(['onRunStart', 'onTaskStart', 'onSampleEnd 1'])
    expect(scene.problems).toEqual([])
    put('cut.eval', whole)
    await scene.lookUntilNews()
    now += 2 * quietMs
    await scene.look()
    await scene.look()
    expect(scene.problems).toEqual([
      'FOLDER/garbage.eval: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote',
    ])
  })

  it('tells no end of a run whose unfinished log was removed, and the end of one whose finished log was', async () => {
    put('run.eval', await part('1'))
    put('other.eval', readFileSync(`${fixtures}/react_agent.eval`))
    using scene = new Scene()
    await scene.look()
    rmSync(join(folder, 'run.eval'))
    rmSync(join(folder, 'other.eval'))
    await expect
      .poll(async () => (await scene.look(), scene.watch.counts()), { timeout: 5000 })
      .toEqual({ logs: 0, running: 0 })
    now += 2 * quietMs
    expect(ends(await scene.look())).toEqual(['onRunEnd'])
    expect(scene.watch.isSettling).toBe(false)
  })

  it('looks at its other folders while one cannot be read, and names that one once', async () => {
    const away = join(folder, 'away')
    mkdirSync(away)
    const watch = new LogWatch({
      folders: [folder, away],
      notes: [],
      quietMs,
      onProblem: (error) => problems.push(error.message.replaceAll(folder, 'FOLDER')),
      now: () => now,
    })
    const problems: string[] = []
    const look = async (): Promise<HookEvent[]> => (await Array.fromAsync(watch.scan())).flatMap((batch) => [...batch])
    rmSync(away, { recursive: true })
    put('run.eval', readFileSync(basic), 60_000)
    expect(ends(await look()).at(-1)).toBe('onRunEnd')
    await look()
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('FOLDER/away: ')
    mkdirSync(away)
    writeFileSync(join(away, 'later.eval'), readFileSync(`${fixtures}/react_agent.eval`))
    expect(ends(await look())).toContain('onTaskEnd')
    watch.close()
  })

  it('measures quiet from when a log came, whatever time it was given', async () => {
    using scene = new Scene()
    await scene.look()
    put('run.eval', readFileSync(basic), 3_600_000)
    expect(ends(await scene.lookUntilNews()).at(-1)).toBe('onTaskEnd')
    expect(await scene.look()).toEqual([])
    now += 2 * quietMs
    expect(ends(await scene.look())).toEqual(['onRunEnd'])
  })

  it('forgets notes of logs that were removed while nobody watched', async () => {
    put('run.eval', readFileSync(basic), 60_000)
    using scene = new Scene()
    await scene.look()
    rmSync(join(folder, 'run.eval'))
    using second = scene.again()
    await second.look()
    expect(second.noted).toEqual([])
  })

  it('tells of running samples from the buffer beside their log', async () => {
    cpSync(`${fixtures}/inprogress`, folder, { recursive: true })
    using scene = new Scene()
    const hooks = (await scene.look()).flatMap(({ hook, data }) =>
      hook === 'onSampleAttemptStart' || hook === 'onSampleEnd'
        ? [`${hook} ${'sample' in data ? data.sample.id : data.summary.id}`]
        : [],
    )
    expect(hooks).toEqual([
      'onSampleAttemptStart 1',
      'onSampleEnd 1',
      'onSampleAttemptStart 2',
      'onSampleEnd 2',
      'onSampleAttemptStart 3',
      'onSampleAttemptStart 4',
    ])
    expect(await scene.look()).toEqual([])
  })
})
