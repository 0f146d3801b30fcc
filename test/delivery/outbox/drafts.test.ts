import { spawnSync } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { Draft } from '../../../src/delivery/item.ts'
import { OutboxReader } from '../../../src/delivery/outbox/reader.ts'
import { spanItem } from '../items.ts'
import { commit, deliverAll, delivered, everything, newPath, openOutbox, place } from './open-outbox.ts'

function draft(id: string, more: Partial<Draft> = {}): Draft {
  return { object: 'trace', id, time: new Date(1_790_000_000_500), json: `{"name":"${id}"}`, ...more }
}

/** As if all sessions up to now had been those of a process that was killed. */
function kill(path: string): void {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const database = new DatabaseSync(path)
  database.prepare('UPDATE session SET pid = ?, started = NULL WHERE id > 0').run(pid)
  database.close()
}

const subject = { task: 'sums', sample: '7', epoch: 1, uuid: 'u7' }

describe('a draft', () => {
  it('waits for its item, in whichever session that comes', async () => {
    const path = newPath()
    const first = await openOutbox({ path })
    commit(first, [], { drafts: [draft('a'), draft('b')] })
    expect(first.report('all')).toMatchObject([{ drafts: 2 }])
    commit(first, [spanItem('a')])
    expect(first.report('all')).toMatchObject([{ drafts: 1 }])
    first.close()
    const second = await openOutbox({ path })
    commit(second, [spanItem('b')])
    expect(second.report('all')).toMatchObject([{ drafts: 0 }])
    second.close()
  })

  it('is not made of a span that has ended, in the same commit, a later one or a later session', async () => {
    const path = newPath()
    const first = await openOutbox({ path })
    commit(first, [spanItem('a')], { drafts: [draft('a')] })
    commit(first, [], { drafts: [draft('a')] })
    first.close()
    const second = await openOutbox({ path })
    commit(second, [], { drafts: [draft('a')] })
    expect(second.report('all')).toMatchObject([{ drafts: 0 }])
    second.close()
  })

  it('is lost when its process is, and not before; what is known of its object says until when it lived', async () => {
    const path = newPath()
    const killed = await openOutbox({ path })
    const late = new Date(1_790_000_009_000)
    commit(killed, [{ ...spanItem('child'), time: late }], { drafts: [draft('a'), draft('b', { object: 'other' })] })
    const other = await openOutbox({ path })
    commit(other, [], { drafts: [draft('c')] })
    expect(other.lostDrafts()).toEqual([])
    kill(path)
    const third = await openOutbox({ path })
    expect(third.lostDrafts()).toEqual([
      { object: 'trace', id: 'a', json: '{"name":"a"}', last: late.getTime() },
      { object: 'other', id: 'b', json: '{"name":"b"}', last: 1_790_000_000_500 },
      { object: 'trace', id: 'c', json: '{"name":"c"}', last: late.getTime() },
    ])
    commit(third, [spanItem('a'), spanItem('b', { object: 'other' })])
    expect(third.lostDrafts().map(({ id }) => id)).toEqual(['c'])
    commit(third, [spanItem('c')])
    third.close()
    const fourth = await openOutbox({ path })
    expect([fourth.lostDrafts(), fourth.report('all')[0]!.drafts]).toEqual([[], 0])
    fourth.close()
  })

  it('is lost when what it is of is over, though its process goes on', async () => {
    const path = newPath()
    const standing = await openOutbox({ path })
    const drafts = [
      draft('run'),
      draft('task'),
      draft('other task'),
      draft('a', { object: 'sample' }),
      draft('b', { object: 'sample' }),
    ]
    commit(standing, [], { drafts })
    standing.abandonDrafts([{ object: 'trace', ids: ['run', 'task'] }, { object: 'sample' }, { object: 'unknown' }])
    const other = await openOutbox({ path })
    expect(
      other
        .lostDrafts()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['a', 'b', 'run', 'task'])
    other.abandonDrafts([{ object: 'trace' }])
    expect(other.lostDrafts().length).toBe(4)
    commit(standing, [], { drafts: [draft('task')] })
    expect(
      other
        .lostDrafts()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['a', 'b', 'run'])
    other.close()
    standing.close()
  })
})

describe('what people call an object', () => {
  it('leads to what became of it at each destination', async () => {
    const path = newPath()
    const destinations = [place('one', { address: 'http://one' }), place('two')]
    const outbox = await openOutbox({ path, destinations, now: () => 1_790_000_000_000 })
    commit(
      outbox,
      [spanItem('root'), spanItem('child')].map((item) => ({ ...item, subject })),
      { on: ['one', 'two'] },
    )
    deliverAll(outbox, 'one')
    outbox.settle('two', outbox.next('two', { ...everything, items: 1 })!.key, { status: 'parked', reason: 'HTTP 400' })
    const common = { produced: 2, dropped: 0, address: undefined, lastDelivered: undefined, answers: [], state: {} }
    const one = { ...common, destination: 'one', sink: 'test/one', address: 'http://one' }
    const two = { ...common, destination: 'two', sink: 'test/two' }
    const found = {
      ...subject,
      object: 'trace',
      destinations: [
        { ...one, delivered: 2, waiting: 0, rejected: 0, lastDelivered: '2026-09-21T14:13:20.000Z' },
        { ...two, delivered: 0, waiting: 1, rejected: 1, answers: ['HTTP 400'] },
      ],
    }
    for (const question of [{ uuid: 'u7' }, { task: 'sums', sample: '7' }, { task: 'sums', sample: '7', epoch: 1 }]) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await OutboxReader.read(path, (reader) => reader.where(question))).toEqual([found])
    }
    expect(await OutboxReader.read(path, (reader) => reader.where({ uuid: 'u8' }))).toEqual([])
    outbox.settle('two', outbox.next('two', everything)!.key, delivered)
    outbox.close()
  })

  it('is known while the sample is under way', async () => {
    const path = newPath()
    const outbox = await openOutbox({ path })
    commit(outbox, [], { drafts: [draft('root', { subject })] })
    const places = await OutboxReader.read(path, (reader) => reader.where({ uuid: 'u7' }))
    expect(places).toEqual([{ ...subject, object: 'trace', destinations: [] }])
    outbox.close()
  })
})
