import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EvalspanError } from '../../../src/errors.ts'
import type { SampleBuffer } from '../../../src/inspect/buffer/sample-buffer.ts'
import type { EvalSampleSummary, Event } from '../../../src/inspect/records.ts'
import { EvalLogWriter } from '../../../src/runner/log/eval-log-writer.ts'
import { RealtimeBuffer } from '../../../src/runner/log/realtime-buffer.ts'
import { eventually } from '../../faults/child-process.ts'
import { changesOf, eventsOf, openFor } from '../../inspect/buffer/read-buffer.ts'
import { temporaryFolder } from '../../inspect/temporary-file.ts'
import { logOf, plan, sampleOf, specOf } from './log-parts.ts'

const timestamp = '2026-11-27T10:00:00.000001+00:00'
const long = 'a long text '.repeat(20)
const says = (content: string): object => ({ role: 'user', content })

function info(uuid: string, data: unknown = uuid): Event {
  return { event: 'info', uuid, timestamp, data } as unknown as Event
}

function model(uuid: string, input: readonly object[], more: object = {}): Event {
  return { event: 'model', uuid, timestamp, model: 'm', input, tools: [], config: {}, ...more } as unknown as Event
}

function summary(id: string | number, more: Partial<EvalSampleSummary> = {}): EvalSampleSummary {
  return { id, epoch: 1, input: 'question', target: 'answer', uuid: `uuid ${id}`, completed: false, ...more }
}

class Scene {
  readonly log = join(temporaryFolder(), 'run.eval')
  readonly folder = join(dirname(this.log), '.buffer', 'run')
  readonly errors: EvalspanError[] = []
  readonly buffer: RealtimeBuffer

  constructor(intervalMs = 10) {
    const onError = (error: EvalspanError): void => void this.errors.push(error)
    this.buffer = new RealtimeBuffer({ logPath: this.log, logImages: true, intervalMs, onError })
  }

  begin(id: string | number, ...events: readonly Event[]): ReturnType<RealtimeBuffer['begin']> {
    const rows = this.buffer.begin(id, 1)
    rows.start(summary(id))
    for (const event of events) rows.push(event)
    return rows
  }

  get manifest(): Manifest {
    return JSON.parse(readFileSync(join(this.folder, 'manifest.json'), 'utf8')) as Manifest
  }

  /** Resolves when the manifest says so. */
  async until(what: string, holds: (manifest: Manifest) => boolean): Promise<void> {
    await eventually(what, () => existsSync(join(this.folder, 'manifest.json')) && holds(this.manifest))
  }

  async read(): Promise<SampleBuffer> {
    const { buffer, problems } = await openFor(this.log, { XDG_DATA_HOME: '/nowhere' })
    expect(problems).toEqual([])
    return buffer
  }
}

interface Manifest {
  readonly samples: readonly {
    readonly summary: EvalSampleSummary
    readonly segments: readonly { readonly id: number; readonly last_event_id: number }[]
    readonly metadata_hash?: string
  }[]
  readonly segments: readonly { readonly id: number }[]
}

const segmentsOf = (manifest: Manifest, index = 0): number[] =>
  (manifest.samples[index]?.segments ?? []).map(({ id }) => id)

describe('the buffer of a run', () => {
  it('has all versions of events, as they were', async () => {
    const scene = new Scene()
    const first = says(long)
    const call = { request: { model: 'm', messages: [says('short')] }, response: { id: 'r' } }
    const event = model('b', [first], { pending: true }) as { pending?: boolean; completed?: string; output?: object }
    const rows = scene.begin('a/b', info('a', { long, number: Number.NaN }), { ...event } as Event)
    delete event.pending
    Object.assign(event, { output: { model: 'm', choices: [] }, call })
    rows.push({ ...event } as Event)
    event.completed = timestamp
    rows.push({ ...event } as Event)
    rows.push(model('c', [first, says('next'), first]))
    await scene.until('a segment', (manifest) => segmentsOf(manifest).length === 1)
    const answered = { output: { model: 'm', choices: [], completion: '' }, call }
    const buffer = await scene.read()
    expect(eventsOf(buffer, 'a/b')).toEqual([
      info('a', { long, number: Number.NaN }),
      model('b', [first], { pending: true }),
      model('b', [first], answered),
      model('b', [first], { ...answered, completed: timestamp }),
      model('c', [first, says('next'), first]),
    ])
    rows.push(model('d', [first, says('next'), says('last')]))
    await scene.until('another one', (manifest) => segmentsOf(manifest).length === 2)
    await buffer.refresh()
    expect(changesOf(buffer, 'a/b', 5)).toEqual([{ cursor: 6, event: model('d', [first, says('next'), says('last')]) }])
    expect(buffer.samples()).toEqual([{ summary: summary('a/b'), first: 1 }])
    await scene.buffer.close()
    expect(scene.errors).toEqual([])
  })

  it('writes nothing of what is over and in the log by then', async () => {
    const scene = new Scene(50)
    scene.begin(1, info('a'))
    scene.buffer.complete(1, 1, summary(1, { completed: true }), {})
    scene.buffer.drop(1, 1)
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(existsSync(scene.folder)).toBe(false)
    await scene.buffer.close()
  })

  it('has samples that are over until they are in the log, and no file longer than it takes to read it', async () => {
    const scene = new Scene()
    const rows = scene.begin(1, info('a'))
    scene.begin(2, info('b'))
    await scene.until('both', ({ samples }) => samples.length === 2)
    rows.push(info('c'))
    const metadata = { small: 1, large: long.repeat(20) }
    const over = summary(1, { completed: true, metadata: { small: 1, large: '...' } })
    scene.buffer.complete(1, 1, over, metadata)
    scene.buffer.complete(2, 1, summary(2, { completed: true, metadata: { small: 1 } }), { small: 1 })
    await scene.until('their ends', ({ samples }) => samples.every((sample) => sample.summary.completed))
    expect(scene.manifest.samples.map((sample) => [sample.summary, sample.metadata_hash?.length])).toEqual([
      [over, 64],
      [summary(2, { completed: true, metadata: { small: 1 } }), 7],
    ])
    const buffer = await scene.read()
    expect(eventsOf(buffer, 1)).toEqual([info('a'), info('c')])
    scene.buffer.drop(1, 1)
    scene.buffer.drop(2, 1)
    await scene.until('that they are gone', ({ samples }) => samples.length === 0)
    await buffer.refresh()
    expect(buffer.samples()).toEqual([])
    expect(readdirSync(scene.folder).filter((name) => /^(segment|metadata)/.test(name))).toHaveLength(3)
    scene.begin(3, info('d'))
    await scene.until('the next one', ({ samples }) => samples.length === 1)
    await eventually('that old files are gone', () => {
      const names = readdirSync(scene.folder).filter((name) => !name.startsWith('.'))
      return names.toSorted().join(' ') === 'evalspan.json manifest.json segment.3.zip'
    })
    await scene.buffer.close()
  })

  it('begins anew with an attempt that is made again', async () => {
    const scene = new Scene()
    const failed = scene.begin(1, info('a'))
    scene.begin(2, info('b'))
    await scene.until('both', ({ samples }) => samples.length === 2)
    const buffer = await scene.read()
    scene.buffer.drop(1, 1)
    failed.push(info('late'))
    scene.begin(1, info('c'))
    await scene.until('the other attempt', (manifest) => segmentsOf(manifest, 1).join(' ') === '2')
    await buffer.refresh()
    expect(changesOf(buffer, 1)).toEqual([{ cursor: 3, event: info('c') }])
    expect(changesOf(buffer, 2)).toEqual([{ cursor: 2, event: info('b') }])
    expect(buffer.samples().map(({ summary: { id }, first }) => [id, first])).toEqual([
      [2, 2],
      [1, 3],
    ])
    await scene.buffer.close()
  })

  it('leaves out what cannot be written', async () => {
    const scene = new Scene()
    let deep: unknown = 1
    for (let depth = 0; depth < 230; depth += 1) deep = [deep]
    scene.begin(1, info('a'), info('b', 1n), info('c', deep), info('d'))
    await scene.until('the rest', ({ samples }) => samples.length === 1)
    expect(eventsOf(await scene.read(), 1)).toEqual([info('a'), info('d')])
    await scene.buffer.close()
    expect(scene.errors).toEqual([])
  })

  it('writes what is new when it is closed, and nothing after that', async () => {
    const scene = new Scene(60_000)
    const rows = scene.begin(1, info('a'))
    await scene.buffer.close()
    rows.push(info('b'))
    scene.begin(2, info('c'))
    await scene.buffer.close()
    const buffer = await scene.read()
    expect(buffer.samples().map(({ summary: { id } }) => id)).toEqual([1])
    expect(eventsOf(buffer, 1)).toEqual([info('a')])
  })

  it('leaves nothing behind when all is in the log, whatever it is doing', async () => {
    for (const ms of [0, 2, 5, 30]) {
      const scene = new Scene(1)
      scene.begin(1, info('a', long.repeat(10_000)))
      await new Promise((resolve) => setTimeout(resolve, ms))
      await scene.buffer.remove()
      expect(readdirSync(dirname(scene.log))).toEqual([])
      expect(scene.errors).toEqual([])
    }
  })

  it('leaves the folder of all buffers while there is another one', async () => {
    const scene = new Scene()
    const other = join(dirname(scene.folder), 'other')
    mkdirSync(other, { recursive: true })
    scene.begin(1, info('a'))
    await scene.until('a segment', ({ samples }) => samples.length === 1)
    await scene.buffer.remove()
    expect(readdirSync(dirname(scene.folder))).toEqual(['other'])
  })

  it('stays when its log cannot be finished', async () => {
    const folder = temporaryFolder()
    const errors: EvalspanError[] = []
    const realtime = { intervalMs: 60_000, onError: (error: EvalspanError) => void errors.push(error) }
    const writer = await EvalLogWriter.create({ folder, spec: specOf(), plan, flushEvery: 10, realtime })
    const rows = writer.realtime!.begin(1, 1)
    rows.start(summary(1))
    rows.push(info('a'))
    await writer.sample(sampleOf(1))
    rmSync(writer.path)
    await expect(writer.finish(logOf(specOf()))).rejects.toThrow('the folder, or the log, is gone')
    await expect(writer.close()).rejects.toThrow('the folder, or the log, is gone')
    const { buffer } = await openFor(writer.path, { XDG_DATA_HOME: '/nowhere' })
    expect(eventsOf(buffer, 1)).toEqual([info('a')])
    expect(buffer.samples()[0]!.summary.completed).toBe(true)
    expect(errors).toEqual([])
  })

  it('is given up when it cannot be written, which is told once', async () => {
    const scene = new Scene()
    writeFileSync(dirname(scene.folder), 'in the way')
    const rows = scene.begin(1, info('a'))
    await eventually('an error', () => scene.errors.length > 0)
    rows.push(info('b'))
    scene.begin(2, info('c')).push(info('d'))
    scene.buffer.complete(2, 1, summary(2), {})
    await scene.buffer.close()
    await scene.buffer.remove()
    expect(scene.errors.map(({ code, message }) => [code, message])).toEqual([
      [
        'UNWRITABLE_LOG',
        `${scene.folder}: a part of the path is a file, not a folder; choose another folder for logs; the log itself goes on, but what is not in it is lost if the run is killed`,
      ],
    ])
  })
})
