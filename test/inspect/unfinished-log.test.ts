import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../src/inspect/log.ts'
import { header, sample } from './log-text.ts'
import { openingError, readAll, readIds } from './read-all.ts'
import { temporaryFile } from './temporary-file.ts'
import { writeZip, type NewMember } from './zip-writer.ts'

const fixtures = join(import.meta.dirname, '../fixtures/inspect')
const running = join(fixtures, 'inprogress/2026-11-21T09-11-26-00-00_inprogress_CVMQm6U6tSiq6tbz9C4rNk.eval')

function member(name: string, data: unknown): NewMember {
  return { name, data: JSON.stringify(data) }
}

function zipFile(...members: readonly NewMember[]): string {
  return temporaryFile('log.eval', writeZip(members))
}

const { eval: spec, plan } = header()
const start = member('_journal/start.json', { version: 2, eval: spec, plan })

describe('the log of a run that is going on', () => {
  it('gives the samples that are finished, and a header without last words', async () => {
    const log = await openLog(running)
    await log.close()
    expect([log.finished, log.problems, log.header.status]).toEqual([false, [], 'started'])
    expect(log.header.eval.task).toBe('inprogress')
    expect(log.header.stats).toEqual({ model_usage: {}, role_usage: {} })
    expect(await readIds(running)).toEqual([1, 2])
  })

  it('has its summaries and changes of settings in pieces, in the order of their numbers', async () => {
    const row = (id: string, second: number): object => sample(id, second)
    const path = zipFile(
      start,
      ...Array.from({ length: 11 }, (_, index) =>
        member(`_journal/config_updates/${index + 1}.json`, { n: index + 1 }),
      ),
      member('samples/b_epoch_1.json', sample('b', 1)),
      member('_journal/summaries/2.json', [row('b', 1)]),
      member('samples/a_epoch_1.json', sample('a', 2)),
      member('_journal/summaries/10.json', [row('a', 2)]),
      member('_journal/summaries/9.json', [row('a', 0)]),
      member('_journal/summaries/other.json', [row('x', 0)]),
    )
    expect(await readIds(path)).toEqual(['b', 'a'])
    const log = await openLog(path)
    await log.close()
    const numbers = Array.from({ length: 11 }, (_, index) => ({ n: index + 1 }))
    expect((log.header as { config_updates?: unknown }).config_updates).toEqual(numbers)
  })

  it('is told from a finished one that lost its header', async () => {
    const path = zipFile(start, member('samples/a_epoch_1.json', sample('a')), member('header.json', { eval: 1 }))
    const log = await openLog(path)
    await log.close()
    expect([log.finished, log.header.status]).toEqual([false, 'started'])
    expect(await openingError(path)).toBe(
      'opened, but log.eval: header.json: eval is a number, not an object, which Inspect never writes; restore the log as it was written',
    )
    expect(await readIds(path)).toEqual(['a'])
  })

  it('may be a .json, which holds what is finished', async () => {
    const path = temporaryFile('log.json', JSON.stringify({ ...header({ status: 'started' }), samples: [sample('a')] }))
    const log = await openLog(path)
    await log.close()
    expect(log.finished).toBe(false)
    expect(await readIds(path)).toEqual(['a'])
  })
})

describe('an .eval that was cut off', () => {
  it.each(['basic', 'retry_on_error', 'odd_values'])(
    'gives all that is whole, wherever it was cut: %s',
    async (name) => {
      const path = join(fixtures, `${name}.eval`)
      const bytes = readFileSync(path)
      const all = await readAll(path)
      const whole = JSON.stringify(all.map((entry) => (entry as { uuid: string }).uuid).toSorted())
      const steps = Array.from({ length: 40 }, (_, index) => Math.floor((bytes.length * (index + 1)) / 41))
      let most = 0
      for (const length of steps) {
        const cut = temporaryFile(`${length}.eval`, bytes.subarray(0, length))
        const read = await readAll(cut).catch(() => [])
        most = Math.max(most, read.length)
        // What is given is the same as before the cut.
        for (const entry of read) expect(all).toContainEqual(entry)
        expect(await openingError(cut)).toMatch(/cut off|ends at byte/)
      }
      expect(most).toBe(JSON.parse(whole).length)
    },
  )

  it('is named, with the byte at which it stops being whole', async () => {
    const bytes = readFileSync(join(fixtures, 'basic.eval'))
    const cut = temporaryFile('cut.eval', bytes.subarray(0, 3000))
    expect(await openingError(cut)).toMatchInlineSnapshot(
      `"opened, but cut.eval: the ZIP is cut off: its directory, which comes last, is missing; it is still being copied, or copying failed; what begins at byte 2624 of 3000 is not whole; what could be found in it is read"`,
    )
    expect(await readIds(cut)).toMatchInlineSnapshot(`
      [
        1,
      ]
    `)
  })

  it('is read past a header that is damaged, too', async () => {
    const members = ['a', 'b', 'c'].map((id) => member(`samples/${id}_epoch_1.json`, sample(id)))
    const bytes = writeZip([start, ...members])
    const damaged = Buffer.from(bytes.subarray(0, bytes.length - 40))
    damaged[damaged.indexOf('samples/b') - 20] = 0xff
    damaged.fill(0, damaged.indexOf('samples/b') - 30, damaged.indexOf('samples/b') - 26)
    expect(await readIds(temporaryFile('damaged.eval', damaged))).toEqual(['a', 'c'])
  })

  it('is read with 64-bit records', async () => {
    const bytes = writeZip([start, member('samples/a_epoch_1.json', sample('a'))], { zip64: true })
    expect(await readIds(temporaryFile('log.eval', bytes.subarray(0, bytes.length - 10)))).toEqual(['a'])
  })

  it('counts the last of samples that were written twice', async () => {
    const [old, young] = ['old', 'young'].map((target) => member('samples/a_epoch_1.json', sample('a', 0, { target })))
    const bytes = writeZip([start, old!, young!])
    const [entry] = await readAll(temporaryFile('log.eval', bytes.subarray(0, bytes.length - 10)))
    expect(entry).toMatchObject({ target: 'young' })
  })

  it('reads one piece of the file for many small members', async () => {
    const path = join(fixtures, 'retry_on_error.eval')
    const cut = temporaryFile('log.eval', readFileSync(path).subarray(0, statSync(path).size - 30))
    expect(await readIds(cut)).toEqual(await readIds(path))
  })
})

describe('a sample that is stored in chunks', () => {
  it('is the sample that the same run gives in one piece', async () => {
    const chunked = await readAll(join(fixtures, 'retry_on_error.chunked.eval'))
    expect(chunked).toEqual(await readAll(join(fixtures, 'retry_on_error.eval')))
  })

  const shell = {
    ...sample('a', 1),
    message_refs: [
      [0, 1],
      [2, 3],
    ],
  }
  const parts = {
    'sample.json': shell,
    'metadata.json': { kind: 'odd' },
    'messages/0.json': [
      { role: 'user', content: 'attachment://1' },
      { role: 'user', content: 'unused' },
    ],
    'messages/2.json': [{ role: 'user', content: 'last' }],
    'events/0.json': [
      { event: 'info', timestamp: '2026-11-21T09:11:00+00:00', data: 'attachment://0' },
      {
        event: 'model',
        model: 'm',
        timestamp: '2026-11-21T09:11:00+00:00',
        config: {},
        tools: [],
        input_refs: [[1, 3]],
      },
    ],
    'events/10.json': [],
    'attachments/0.json': ['zero', 'one'],
    'calls/0.json': [],
    'skeleton.json': { version: 1 },
    'events/stats.json': {},
    'events/uuids.json': [],
  }
  function chunksOf(changes: { [name: string]: unknown } = {}): NewMember[] {
    return Object.entries({ ...parts, ...changes })
      .filter(([, data]) => data !== undefined)
      .map(([name, data]) => member(`samples/a_epoch_1/${name}`, data))
  }
  const rest = [start, member('header.json', header())]

  it('is put together from its sequences', async () => {
    const read = await readAll(zipFile(...chunksOf({ 'events/10.json': undefined }), ...rest))
    expect(read).toEqual([
      {
        ...sample('a', 1),
        metadata: { kind: 'odd' },
        messages: [
          { role: 'user', content: 'one' },
          { role: 'user', content: 'last' },
        ],
        events: [
          { event: 'info', timestamp: '2026-11-21T09:11:00+00:00', data: 'zero' },
          {
            event: 'model',
            model: 'm',
            timestamp: '2026-11-21T09:11:00+00:00',
            config: {},
            tools: [],
            input: [
              { role: 'user', content: 'unused' },
              { role: 'user', content: 'last' },
            ],
          },
        ],
        attachments: {},
      },
    ])
  })

  it('is named when a chunk is missing or damaged, and the others are read', async () => {
    const other = member('samples/b_epoch_1.json', sample('b', 2))
    expect(await readIds(zipFile(...chunksOf(), other, ...rest))).toMatchInlineSnapshot(`
      [
        "BAD_LOG log.eval: samples/a_epoch_1: events/10.json: follows 2 events, some of which are missing: the file is damaged; copy it again from where it was written",
        "b",
      ]
    `)
    const damaged = chunksOf({ 'events/10.json': undefined, 'messages/0.json': { not: 'a list' } })
    expect(await readIds(zipFile(...damaged, other, ...rest))).toMatchInlineSnapshot(`
      [
        "BAD_LOG log.eval: samples/a_epoch_1: messages/0.json: is no list: the file is damaged; copy it again from where it was written",
        "b",
      ]
    `)
  })

  it('is the one that was written last, in whichever form', async () => {
    const piece = member('samples/a_epoch_1.json', sample('a', 1, { target: 'in one piece' }))
    const chunks = chunksOf({ 'events/10.json': undefined })
    expect(await readAll(zipFile(piece, ...chunks, ...rest))).toMatchObject([{ metadata: { kind: 'odd' } }])
    expect(await readAll(zipFile(...chunks, piece, ...rest))).toMatchObject([{ target: 'in one piece' }])
  })
})
