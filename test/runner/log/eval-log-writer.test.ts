import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFile } from '../../../src/files/files.ts'
import { openLog } from '../../../src/inspect/log.ts'
import { parse } from '../../../src/inspect/json.ts'
import type { EvalSample, EvalSpec } from '../../../src/inspect/records.ts'
import { summaryOf } from '../../../src/inspect/sample-summary.ts'
import { readZipDirectory } from '../../../src/inspect/zip-directory.ts'
import { readZipMember } from '../../../src/inspect/zip-member.ts'
import { condenseSample } from '../../../src/runner/log/condense.ts'
import { EvalLogWriter, type EvalLogOptions } from '../../../src/runner/log/eval-log-writer.ts'
import { openingError, readAll, readIds } from '../../inspect/read-all.ts'
import { logOf, plan, sampleOf, specOf } from './log-parts.ts'
import { noise } from './noise.ts'
import { temporaryFolder } from '../../inspect/temporary-file.ts'

function create(options: Partial<EvalLogOptions> = {}): Promise<EvalLogWriter> {
  return EvalLogWriter.create({ folder: temporaryFolder(), spec: specOf(), plan, ...options })
}

/** What the parts of a log say, by their names. */
async function membersOf(path: string): Promise<{ [name: string]: unknown }> {
  const file = await openFile(path)
  try {
    const members: { [name: string]: unknown } = {}
    for (const member of (await readZipDirectory(file)).values()) {
      members[member.name] = parse((await readZipMember(file, member)).toString())
    }
    return members
  } finally {
    await file.close()
  }
}

async function headerOf(path: string): Promise<{ header: unknown; finished: boolean }> {
  const log = await openLog(path)
  await log.close()
  expect(log.problems).toEqual([])
  return { header: log.header, finished: log.finished }
}

describe('a log that is written', () => {
  it('is there before its first sample, as that of a run which goes on', async () => {
    const folder = join(temporaryFolder(), 'made', 'anew')
    const writer = await create({ folder })
    expect(readdirSync(folder)).toEqual(['2026-11-21T05-56-09-00-00_addition_nQt3bqqAKJ2nxBUNgvwE9f.eval'])
    expect(writer.path).toBe(join(folder, readdirSync(folder)[0]!))
    const { header, finished } = await headerOf(writer.path)
    expect(finished).toBe(false)
    expect(header).toMatchObject({ version: 2, status: 'started', eval: specOf(), plan, stats: {} })
    await writer.close()
    expect(await readAll(writer.path)).toEqual([])
  })

  it('gives back what was written when it is finished', async () => {
    const spec = specOf()
    const samples = [sampleOf(1), sampleOf(2, { scores: { match: { value: Number.NaN } } }), sampleOf(3)]
    const reductions = [{ scorer: 'match', reducer: 'mean', samples: [{ value: 1, sample_id: 1 }] }]
    const writer = await create({ spec })
    for (const sample of samples) await writer.sample(sample)
    await writer.finish(logOf(spec), reductions)
    expect(await readAll(writer.path)).toEqual(samples)
    const { header, finished } = await headerOf(writer.path)
    expect(finished).toBe(true)
    expect(header).toMatchObject(logOf(spec))
    const summaries = samples.map(summaryOf)
    const members = await membersOf(writer.path)
    expect(Object.keys(members)).toEqual([
      '_journal/start.json',
      'samples/1_epoch_1.json',
      'samples/2_epoch_1.json',
      '_journal/summaries/1.json',
      'samples/3_epoch_1.json',
      '_journal/summaries/2.json',
      'summaries.json',
      'reductions.json',
      'header.json',
    ])
    expect(members).toEqual({
      '_journal/start.json': { version: 2, eval: spec, plan },
      ...Object.fromEntries(samples.map((sample) => [`samples/${sample.id}_epoch_1.json`, condenseSample(sample)])),
      '_journal/summaries/1.json': summaries.slice(0, 2),
      '_journal/summaries/2.json': summaries.slice(2),
      'summaries.json': summaries,
      'reductions.json': reductions,
      'header.json': logOf(spec),
    })
    expect(readdirSync(join(writer.path, '..'))).toEqual([basename(writer.path)])
  })

  it('takes samples that end at the same time', async () => {
    const writer = await create({ flushEvery: 3 })
    const samples = Array.from({ length: 40 }, (_, index) =>
      sampleOf(index + 1, { metadata: { noise: noise(index, 9000) } }),
    )
    await Promise.all(samples.map((sample) => writer.sample(sample)))
    await writer.finish(logOf(specOf()))
    const read = (await readAll(writer.path)) as EvalSample[]
    expect(read.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual(samples)
  })

  it('takes ids of any kind', async () => {
    const ids = ['../../up', 'we/ird id:é', '💡', 'a_epoch_1.json', '', String.raw`..\back`, '001', -1]
    const spec = specOf({ dataset: { sample_ids: ids } })
    const writer = await create({ spec })
    const samples = ids.map((id) => sampleOf(id))
    for (const sample of samples) await writer.sample(sample)
    await writer.finish(logOf(spec))
    expect(await readAll(writer.path)).toEqual(samples)
  })

  it('has the last of several samples with the same id and epoch, written or not', async () => {
    const writer = await create({ flushEvery: 2 })
    const of = (id: number, answer: string): EvalSample => sampleOf(id, { scores: { match: { value: 'C', answer } } })
    await writer.sample(of(1, 'first'))
    await writer.sample(of(1, 'second'))
    await writer.sample(of(2, 'only'))
    expect(await readAll(writer.path)).toEqual([of(1, 'second'), of(2, 'only')])
    await Promise.all([
      writer.sample({ ...of(1, 'third'), metadata: { noise: noise(1, 2_000_000) } }),
      writer.sample(of(1, 'fourth')),
    ])
    await writer.sample({ ...of(2, 'only'), epoch: 2 })
    await writer.finish(logOf(specOf()))
    const samples = [of(1, 'fourth'), of(2, 'only'), { ...of(2, 'only'), epoch: 2 }]
    expect(await readAll(writer.path)).toEqual(samples)
    const { 'summaries.json': summaries } = await membersOf(writer.path)
    expect(new Set(summaries as unknown[])).toEqual(new Set(samples.map(summaryOf)))
    expect(summaries).toHaveLength(3)
  })

  it('is that of a run which goes on when it is closed before its end, with all samples', async () => {
    const writer = await create({ flushEvery: 100 })
    await writer.sample(sampleOf(1))
    expect(await readIds(writer.path)).toEqual([])
    await writer.close()
    await writer.close()
    expect(await readIds(writer.path)).toEqual([1])
    expect((await headerOf(writer.path)).finished).toBe(false)
  })

  it('takes nothing after its end', async () => {
    const writer = await create()
    await writer.finish(logOf(specOf()))
    const message = `${writer.path} is closed; nothing can be written to it any more`
    await expect(writer.sample(sampleOf(1))).rejects.toThrow(message)
    await expect(writer.finish(logOf(specOf()))).rejects.toThrow(message)
    await writer.close()
    expect((await headerOf(writer.path)).finished).toBe(true)
  })

  it('refuses a sample that comes while it is finished', async () => {
    const writer = await create({ flushEvery: 100 })
    await writer.sample(sampleOf(1))
    const finished = writer.finish(logOf(specOf()))
    await expect(writer.sample(sampleOf(2))).rejects.toThrow('is closed')
    await finished
    expect(await readIds(writer.path)).toEqual([1])
  })
})

describe('samples are written', () => {
  // As `default_log_buffer` of Inspect 0.3.285 has it.
  it.each<[string, Partial<EvalSpec>, number]>([
    ['each, of a run of few', { dataset: { samples: 5 } }, 1],
    ['a third together', { dataset: { samples: 20 } }, 6],
    ['ten together', { dataset: { samples: 300 } }, 10],
    ['with all epochs counted', { dataset: { samples: 3 }, config: { epochs: 3 } }, 3],
    ['a twentieth together, of a large run', { dataset: { samples: 400 }, config: { epochs: 3 } }, 60],
    ['as many together as the chosen ones ask for', { dataset: { samples: 300, sample_ids: [1, 2, 3, 4, 5, 6] } }, 2],
    ['as many together as the settings say', { dataset: { samples: 20 }, config: { log_buffer: 4 } }, 4],
  ])('%s', async (_, changes, count) => {
    const writer = await create({ spec: specOf(changes) })
    for (let id = 1; id < count; id += 1) await writer.sample(sampleOf(id))
    expect(await readIds(writer.path)).toEqual([])
    await writer.sample(sampleOf(count))
    expect(await readIds(writer.path)).toHaveLength(count)
    await writer.close()
  })

  it('while the eval goes on: only the one that makes a batch full waits for it', async () => {
    const writer = await create({ flushEvery: 2 })
    const order: number[] = []
    const give = async (id: number): Promise<void> => {
      await writer.sample(sampleOf(id))
      order.push(id)
    }
    await give(1)
    const second = give(2)
    // As far as it gets without the disk.
    for (let tick = 0; tick < 100; tick += 1) await Promise.resolve()
    await Promise.all([second, give(3)])
    expect(order).toEqual([1, 3, 2])
    expect(await readIds(writer.path)).toEqual([1, 2])
    await writer.close()
    expect(await readIds(writer.path)).toEqual([1, 2, 3])
  })

  it('after some time when no more of them come', async () => {
    const writer = await create({ flushEvery: 100, flushAfter: 30 })
    for (const id of [1, 2]) {
      await writer.sample(sampleOf(id))
      await until(writer, id)
    }
    await writer.close()
  })

  it('after some time though they came while others were written', async () => {
    const writer = await create({ flushEvery: 2, flushAfter: 30 })
    await Promise.all([1, 2, 3].map((id) => writer.sample(sampleOf(id))))
    await until(writer, 3)
    await writer.close()
  })

  it('again after some time when they could not be', async () => {
    const writer = await create({ flushEvery: 1, flushAfter: 30 })
    const aside = `${writer.path}.aside`
    renameSync(writer.path, aside)
    await expect(writer.sample(sampleOf(1))).rejects.toThrow('the folder, or the log, is gone')
    await sleep(100)
    renameSync(aside, writer.path)
    await until(writer, 1)
    await writer.close()
  })

  async function until(writer: EvalLogWriter, count: number): Promise<void> {
    while ((await readIds(writer.path)).length < count) await sleep(5)
  }
})

describe('what cannot be written', () => {
  it('is a log in what is no folder', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(create({ folder: join(file, 'logs') })).rejects.toMatchObject({
      code: 'UNWRITABLE_LOG',
      message: expect.stringContaining(
        'addition_nQt3bqqAKJ2nxBUNgvwE9f.eval: a part of the path is a file, not a folder; choose another folder for logs',
      ) as string,
    })
    await expect(create({ folder: 's3://bucket/logs' })).rejects.toMatchObject({ code: 'BAD_OPTION' })
  })

  it.each([
    ['no JSON', 1n, 'any', 'Do not know how to serialize a BigInt'],
    // To this depth Inspect 0.3.285 can write it again (`is_log_serializable`).
    ['nested too deeply', nested(251), 'any[0][0][0]', 'something in it is nested too deeply'],
    ['nested much too deeply', nested(100_000), 'any[0][0][0]', 'something in it is nested too deeply'],
  ])('is a sample that is %s; the others are', async (_, value, field, reason) => {
    const writer = await create()
    const of = (any: unknown): EvalSample => sampleOf('odd', { metadata: { any } as EvalSample['metadata'] })
    const what = `sample odd, epoch 1: its metadata.${field} cannot be written as JSON (${reason}); keep such data out of it`
    const error = { code: 'BAD_SAMPLE', message: `${writer.path}: ${what}` }
    await expect(writer.sample(of(value))).rejects.toMatchObject(error)
    await writer.sample(of(nested(250)))
    await writer.finish(logOf(specOf()))
    expect(await readAll(writer.path)).toEqual([of(nested(250))])
  })

  it('is a log whose own words are no JSON, which names them', async () => {
    const spec = { ...specOf(), metadata: { started: 1n } as never }
    const what = 'eval.metadata.started cannot be written as JSON (Do not know how to serialize a BigInt)'
    await expect(create({ spec })).rejects.toMatchObject({
      code: 'UNWRITABLE_LOG',
      message: expect.stringContaining(what) as string,
    })
  })

  it('is a log that something else changes or takes away', async () => {
    const writer = await create({ flushEvery: 1 })
    await writer.sample(sampleOf(1))
    appendFileSync(writer.path, 'more')
    await expect(writer.sample(sampleOf(2))).rejects.toMatchObject({
      code: 'UNWRITABLE_LOG',
      message: `${writer.path}: something else has changed it; let nothing but the eval write to it`,
    })
    rmSync(join(writer.path, '..'), { recursive: true })
    await expect(writer.sample(sampleOf(3))).rejects.toThrow('the folder, or the log, is gone')
    await expect(writer.close()).rejects.toThrow('the folder, or the log, is gone')
  })

  it('is what cannot be replaced, but for a moment, as on Windows while somebody reads it', async (context) => {
    const writer = await create({ flushEvery: 1 })
    try {
      execFileSync('mount', ['--bind', writer.path, writer.path], { stdio: 'pipe' })
    } catch {
      context.skip('nothing can be mounted here')
    }
    setTimeout(() => execFileSync('umount', ['-l', writer.path]), 100)
    await writer.sample(sampleOf(1))
    expect(await readIds(writer.path)).toEqual([1])
  })

  function smallDisk(): string {
    const folder = join(temporaryFolder(), 'disk')
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' })
    onTestFinished(() => void execFileSync('umount', ['-l', folder]))
    return folder
  }

  it('is what a full disk has no room for, until there is some', async (context) => {
    let folder = ''
    try {
      folder = smallDisk()
    } catch {
      context.skip('nothing can be mounted here')
    }
    const writer = await create({ folder, flushEvery: 1 })
    await writer.sample(sampleOf(1))
    const ballast = fill(folder)
    const message = `${writer.path}: the disk is full; make room, at least as much as the log has already`
    const sample = sampleOf(2, { metadata: { noise: noise(2, 20_000) } })
    await expect(writer.sample(sample)).rejects.toMatchObject({ code: 'UNWRITABLE_LOG', message })
    expect(await openingError(writer.path)).toBe('opened')
    expect(await readIds(writer.path)).toEqual([1])
    expect(readdirSync(folder)).toEqual([basename(writer.path), basename(ballast)])
    await expect(writer.finish(logOf(specOf()))).rejects.toMatchObject({ message })
    rmSync(ballast)
    await writer.sample(sampleOf(3))
    expect(await readAll(writer.path)).toEqual([sampleOf(1), sample, sampleOf(3)])
    await writer.finish(logOf(specOf()))
    expect((await headerOf(writer.path)).finished).toBe(true)
  })

  /** Until not a byte more fits. */
  function fill(folder: string): string {
    const path = join(folder, 'ballast')
    const file = openSync(path, 'w')
    const block = Buffer.alloc(4096, 1)
    try {
      for (;;) writeSync(file, block)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    } finally {
      closeSync(file)
    }
    return path
  }
})

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let count = 0; count < depth; count += 1) value = [value]
  return value
}
