import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { changesOf, eventsOf, openFor, openPlace } from './read-buffer.ts'
import { WrittenBuffer } from './written-buffer.ts'

const timestamp = '2026-11-27T10:00:00.000001+00:00'
const info = (uuid: string, more: object = {}): object => ({ event: 'info', uuid, timestamp, data: 1, ...more })
const deadPid = 2 ** 22 + 1

describe('a database in use', () => {
  it('gives samples in the order in which they started', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 2, uuid: 'b', input: 'hash', started_at: '2026-11-27T11:00:00+01:00', error: null })
    written.sample({ id: 'one', epoch: 3, uuid: 'a', completed: true })
    written.sample({ id: 3, uuid: 'c' })
    written.event(2, info('1'))
    written.event('one', info('2'), 3)
    const { buffer, problems } = await openFor(written.logPath, written.env)
    expect(buffer.samples()).toStrictEqual([
      {
        summary: { id: 2, epoch: 1, uuid: 'b', input: 'hash', started_at: '2026-11-27T10:00:00+00:00' },
        first: 1,
      },
      { summary: { id: 'one', epoch: 3, uuid: 'a', completed: true }, first: 2 },
    ])
    expect(problems).toStrictEqual([])
  })

  it('gives each version of an event, and later only what is new', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x', { pending: true }))
    written.event(1, info('x'))
    const { buffer } = await openFor(written.logPath, written.env)
    const first = changesOf(buffer, 1)
    expect(first).toStrictEqual([
      { cursor: 1, event: info('x', { pending: true }) },
      { cursor: 2, event: info('x') },
    ])
    expect(await buffer.refresh()).toBe('same')
    written.event(1, info('y'))
    expect(await buffer.refresh()).toBe('changed')
    expect(changesOf(buffer, 1, first.at(-1)!.cursor)).toStrictEqual([{ cursor: 3, event: info('y') }])
  })

  it('leaves references as they are to attachments that have no text', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 1, uuid: 'a' })
    written.attachment(1, 'none', 'a text')
    written.database.exec('UPDATE attachments SET content = NULL')
    written.event(1, info('i', { data: 'attachment://none' }))
    const { buffer } = await openFor(written.logPath, written.env)
    expect(changesOf(buffer, 1)).toStrictEqual([{ cursor: 1, event: info('i', { data: 'attachment://none' }) }])
  })

  it('puts pools and attachments back as the live events have them', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 0, uuid: 'other' })
    written.message(0, { role: 'user', content: 'of another sample' })
    written.sample({ id: 1, uuid: 'a', input: 'attachment://in' })
    written.attachment(1, 'in', 'a long input')
    written.attachment(1, 'text', 'a long text')
    for (const content of ['zero', 'attachment://text', 'two']) written.message(1, { role: 'user', content })
    for (const content of ['call zero', 'attachment://text']) written.call(1, { content })
    const model = {
      event: 'model',
      uuid: 'm',
      timestamp,
      model: 'openai/x',
      tools: [],
      config: {},
      output: {
        model: 'x',
        choices: [{ message: { role: 'assistant', content: 'attachment://text' }, stop_reason: 'stop' }],
      },
    }
    written.event(1, {
      ...model,
      input: [],
      input_refs: [
        [1, 3],
        [0, 1],
      ],
      call: { request: { a: 1 }, call_refs: [[0, 2]] },
    })
    written.event(1, info('i', { data: { a: ['tc://text', 'attachment://unknown'] } }))
    const { buffer } = await openFor(written.logPath, written.env)
    expect(buffer.samples()[0]!.summary.input).toBe('a long input')
    expect(eventsOf(buffer, 1)).toStrictEqual([
      {
        ...model,
        input: ['a long text', 'two', 'zero'].map((content) => ({ role: 'user', content })),
        call: { request: { a: 1, messages: [{ content: 'call zero' }, { content: 'attachment://text' }] } },
        output: {
          model: 'x',
          completion: 'a long text',
          choices: [{ message: { role: 'assistant', content: 'a long text' }, stop_reason: 'stop' }],
        },
      },
      info('i', { data: { a: ['a long text', 'attachment://unknown'] } }),
    ])
  })

  it('is read in pieces without losing any', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 1, uuid: 'a' })
    const uuids = Array.from({ length: 350 }, (_, index) => String(index))
    for (const uuid of uuids) written.event(1, info(uuid))
    const { buffer } = await openFor(written.logPath, written.env)
    expect(changesOf(buffer, 1).map(({ event }) => event.uuid)).toStrictEqual(uuids)
  })

  it('ends what it gives when the sample is removed, and when it begins anew', async () => {
    const written = new WrittenBuffer()
    for (const id of [1, 2]) {
      written.sample({ id, uuid: `u${id}` })
      for (let index = 0; index < 150; index += 1) written.event(id, info(`${index}`))
    }
    const { buffer } = await openFor(written.logPath, written.env)
    const [one, two] = buffer.samples()
    const readers = [buffer.changes(one!), buffer.changes(two!)]
    for (const reader of readers) reader.next()
    written.remove(1)
    written.remove(2)
    written.sample({ id: 2, uuid: 'u2' })
    written.event(2, info('again'))
    expect(readers.map((reader) => [...reader].length)).toStrictEqual([99, 99])
    expect(buffer.samples()).toStrictEqual([{ summary: { id: 2, epoch: 1, uuid: 'u2' }, first: 301 }])
    expect(changesOf(buffer, 2, 300).map(({ event }) => event.uuid)).toStrictEqual(['again'])
  })

  it('is read as it lies, and nothing in its folder changes', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x'))
    const folder = join(written.path, '..')
    const bytes = (): string[] => ['', '-wal'].map((suffix) => readFileSync(written.path + suffix, 'base64'))
    const [names, before] = [readdirSync(folder), bytes()]
    const { buffer } = await openFor(written.logPath, written.env)
    expect(eventsOf(buffer, 1)).toHaveLength(1)
    buffer.close()
    expect(readdirSync(folder)).toStrictEqual(names)
    expect(bytes()).toStrictEqual(before)
  })

  it('is gone when Inspect removed it', async () => {
    const written = new WrittenBuffer()
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x'))
    const { buffer } = await openFor(written.logPath, written.env)
    rmSync(written.path)
    expect(await buffer.refresh()).toBe('gone')
    expect(buffer.samples()).toStrictEqual([])
  })

  it('is empty while Inspect has only just made it', async () => {
    const written = new WrittenBuffer()
    const fresh = written.path.replace('.eval.', '.eval.new.eval.')
    const database = new DatabaseSync(fresh)
    database.exec('PRAGMA journal_mode = WAL')
    const place = { kind: 'database', path: fresh, pid: process.pid, alive: true, written: 0 } as const
    const { buffer } = await openPlace(place)
    expect([await buffer.refresh(), buffer.samples()]).toStrictEqual(['same', []])
    database.exec(
      `CREATE TABLE samples (id TEXT, epoch INTEGER, data TEXT);
       CREATE TABLE events (id INTEGER PRIMARY KEY, sample_id TEXT, sample_epoch INTEGER, data TEXT);
       CREATE TABLE attachments (sample_id TEXT, sample_epoch INTEGER, hash TEXT, content TEXT);`,
    )
    expect([await buffer.refresh(), buffer.samples()]).toStrictEqual(['changed', []])
    database.close()
  })

  it('waits for a lock, and says so when it is held too long', { timeout: 30_000 }, async () => {
    const written = new WrittenBuffer({ wal: false })
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x'))
    const { buffer } = await openFor(written.logPath, written.env)
    written.database.exec('BEGIN EXCLUSIVE')
    expect(() => buffer.samples()).toThrow(`${written.path}: database is locked`)
    written.database.exec('COMMIT')
    expect(buffer.samples()).toHaveLength(1)
  })
})

describe('a database that a process left behind', () => {
  it('is read with what was only in its log, without touching its folder', async () => {
    const written = new WrittenBuffer({ pid: deadPid })
    written.database.exec('PRAGMA wal_autocheckpoint = 0')
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x'))
    rmSync(`${written.path}-shm`)
    const folder = join(written.path, '..')
    const names = readdirSync(folder)
    const { buffer } = await openFor(written.logPath, written.env)
    expect(eventsOf(buffer, 1)).toStrictEqual([info('x')])
    expect(readdirSync(folder)).toStrictEqual(names)
    expect(await buffer.refresh()).toBe('same')
    written.event(1, info('y'))
    expect(await buffer.refresh()).toBe('changed')
    expect(eventsOf(buffer, 1, 1)).toStrictEqual([info('y')])
  })

  it('is read when it was closed in order', async () => {
    const written = new WrittenBuffer({ pid: deadPid })
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x'))
    written.database.close()
    const { buffer } = await openFor(written.logPath, written.env)
    expect(eventsOf(buffer, 1)).toStrictEqual([info('x')])
    expect(readdirSync(join(written.path, '..'))).toHaveLength(1)
  })

  it('is read when it is older than pools', async () => {
    const written = new WrittenBuffer({ old: true })
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, { event: 'model', timestamp, model: 'm', input: [{ role: 'user', content: 'attachment://t' }] })
    written.attachment(1, 't', 'text')
    const { buffer } = await openFor(written.logPath, written.env)
    expect(eventsOf(buffer, 1)).toStrictEqual([
      { event: 'model', timestamp, model: 'm', tools: [], config: {}, input: [{ role: 'user', content: 'text' }] },
    ])
  })
})

describe('a damaged database', () => {
  it('names what cannot be read, once, and gives the rest', async () => {
    const written = new WrittenBuffer()
    written.database.exec("INSERT INTO samples (id, epoch, data) VALUES ('9', 1, '{\"id\": 9')")
    written.event(9, info('lost'))
    written.sample({ id: 1, uuid: 'a' })
    written.event(1, info('x'))
    written.event(1, '{"event": "info", secret')
    written.message(1, '{damaged')
    written.message(1, { role: 'user', content: 'good' })
    const model = { event: 'model', timestamp, model: 'm', input: [], tools: [], config: {} }
    written.event(1, { ...model, uuid: 'bad', input_refs: [[0, 2]] })
    written.event(1, { ...model, uuid: 'good', input_refs: [[1, 2]] })
    written.event(1, 'nonsense')
    written.event(1, '{"event":"info","timestamp":"2026-11-27T10:00:00.000001+00:00","data":NaN}')
    const { buffer, problems } = await openFor(written.logPath, written.env)
    for (const _ of [1, 2]) {
      expect(eventsOf(buffer, 1)).toStrictEqual([
        info('x'),
        { ...model, uuid: 'good', input: [{ role: 'user', content: 'good' }] },
        { event: 'info', timestamp, data: Number.NaN },
      ])
    }
    const again = 'copy the log again from where it was written'
    expect(problems.map(({ message }) => message)).toStrictEqual([
      `${written.path}: sample 9, epoch 1: not valid JSON: it ends too early, at position 8; ${again}`,
      `${written.path}: sample 1, epoch 1, event 3: not valid JSON at position 18; ${again}`,
      `${written.path}: sample 1, epoch 1, event 4: not valid JSON at position 1; ${again}`,
      `${written.path}: sample 1, epoch 1, event 6: not valid JSON at position 0; ${again}`,
    ])
  })

  it('is an error that names it', async () => {
    const written = new WrittenBuffer({ pid: deadPid })
    written.database.exec('DROP TABLE events')
    await expect(openFor(written.logPath, written.env)).rejects.toThrow(`${written.path}: no such table: `)
  })
})
