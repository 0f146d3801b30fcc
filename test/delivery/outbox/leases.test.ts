import { spawnSync } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { spanItem, spanItems } from '../items.ts'
import {
  accounts,
  commit,
  deliverAll,
  delivered,
  everything,
  names,
  newPath,
  openOutbox,
  place,
} from './open-outbox.ts'

const returned = { status: 'returned' } as const

function rows(path: string, sql: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    database.close()
  }
}

/** As if the session had been that of another process. */
function makeOwner(path: string, session: number, pid: number, started: string | null = null): void {
  const database = new DatabaseSync(path)
  database.prepare('UPDATE session SET pid = ?, started = ? WHERE id = ?').run(pid, started, session)
  database.close()
}

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

describe('the line before a destination', () => {
  it('gives batches in the order of the commits, as large as is wanted, and no object to two at once', async () => {
    const outbox = await openOutbox()
    const objects = ['x', 'y', 'x', 'z', 'y']
    commit(
      outbox,
      objects.map((object, index) => spanItem(String(index), { object })),
    )
    const first = outbox.next('one', { ...everything, items: 2 })!
    expect(names(first)).toEqual(['x/0', 'y/1'])
    const second = outbox.next('one', everything)!
    expect(names(second)).toEqual(['z/3'])
    expect(outbox.next('one', everything)).toBeUndefined()
    outbox.settle('one', first.key, delivered)
    expect(names(outbox.next('one', everything))).toEqual(['x/2', 'y/4'])
    outbox.close()
  })

  it('gives back in order what was not taken', async () => {
    const outbox = await openOutbox()
    commit(outbox, spanItems(3))
    const batch = outbox.next('one', { ...everything, items: 2 })!
    outbox.settle('one', batch.key, returned)
    expect(deliverAll(outbox)).toEqual(['trace/0', 'trace/1', 'trace/2'])
    outbox.close()
  })

  it('cuts a batch by bytes, with one item at least', async () => {
    const outbox = await openOutbox()
    commit(
      outbox,
      [100, 100, 1_000, 10].map((size, index) => spanItem(String(index), { size })),
    )
    const batches: unknown[] = []
    for (let batch = outbox.next('one', { ...everything, bytes: 250 }); batch;) {
      batches.push(names(batch))
      outbox.settle('one', batch.key, delivered)
      batch = outbox.next('one', { ...everything, bytes: 250 })
    }
    expect(batches).toEqual([['trace/0', 'trace/1'], ['trace/2'], ['trace/3']])
    outbox.close()
  })

  it('gives one object at a time with its state where the sink wants that, and several to several hands', async () => {
    const outbox = await openOutbox({ destinations: [place('one', { grouped: true })] })
    commit(
      outbox,
      ['x', 'y', 'x'].map((object, index) => spanItem(String(index), { object })),
    )
    const first = outbox.next('one', everything)!
    const second = outbox.next('one', everything)!
    expect([names(first), names(second), outbox.next('one', everything)]).toEqual([['x/0', 'x/2'], ['y/1'], undefined])
    outbox.settle('one', first.key, { ...delivered, state: { run: 'r1', offset: 2 } })
    outbox.settle('one', second.key, returned)
    commit(outbox, [spanItem('3', { object: 'x' })])
    expect(outbox.next('one', everything)!.state).toEqual({})
    const third = outbox.next('one', everything)!
    expect(third.state).toEqual({ run: 'r1', offset: 2 })
    outbox.settle('one', third.key, { ...delivered, state: { offset: 3 } })
    expect(outbox.state('one', 'x')).toEqual({ run: 'r1', offset: 3 })
    outbox.close()
  })

  it('counts what a server refused of a batch without saying which', async () => {
    const outbox = await openOutbox()
    commit(outbox, spanItems(5))
    outbox.settle('one', outbox.next('one', everything)!.key, { status: 'delivered', rejected: 2, reason: 'too old' })
    expect(outbox.report('all')).toMatchObject([
      { delivered: 3, rejected: 2, reasons: [{ outcome: 'rejected', reason: 'too old', count: 2, names: [] }] },
    ])
    expect(outbox.retry('one')).toBe(0)
    outbox.close()
  })
})

describe('two sessions on one outbox', () => {
  it('never send the same at the same time', async () => {
    const path = newPath()
    const [one, other] = [await openOutbox({ path }), await openOutbox({ path })]
    commit(one, [spanItem('a'), spanItem('b', { object: 'second' })])
    const batch = one.next('one', { ...everything, items: 1 })!
    expect(names(batch)).toEqual(['trace/a'])
    commit(other, [spanItem('c')])
    expect(names(other.next('one', everything))).toEqual(['second/b'])
    one.settle('one', batch.key, delivered)
    expect(names(one.next('one', everything))).toEqual(['trace/c'])
    one.close()
    other.close()
  })

  it('take over what the other held for too long; its late answer changes nothing', async () => {
    const path = newPath()
    let time = 5_000_000
    const monotonic = (): number => time
    const [one, other] = [await openOutbox({ path, monotonic }), await openOutbox({ path, monotonic })]
    commit(one, spanItems(2))
    const held = one.next('one', everything)!
    time += everything.leaseMs
    expect(other.next('one', everything)).toBeUndefined()
    time += 1
    const taken = other.next('one', everything)!
    expect(names(taken)).toEqual(['trace/0', 'trace/1'])
    one.settle('one', held.key, delivered)
    other.settle('one', taken.key, { status: 'parked', reason: 'no' })
    expect(accounts(one)).toEqual({ one: '2 = 2 + 0 + 0 + 0' })
    one.close()
    other.close()
  })

  it('take over what was held before the machine was started again', async () => {
    const path = newPath()
    let time = 5_000_000_000
    const monotonic = (): number => time
    const [one, other] = [await openOutbox({ path, monotonic }), await openOutbox({ path, monotonic })]
    commit(one, spanItems(1))
    expect(names(one.next('one', everything))).toEqual(['trace/0'])
    time = 1000
    expect(names(other.next('one', everything))).toEqual(['trace/0'])
    one.close()
    other.close()
  })

  it('do not mind that the clock is set back or forth', async () => {
    const path = newPath()
    let now = 1_790_000_000_000
    const [one, other] = [await openOutbox({ path, now: () => now }), await openOutbox({ path, now: () => now })]
    commit(one, spanItems(1))
    const batch = one.next('one', everything)!
    for (const shift of [-86_400_000, 2 * 86_400_000]) {
      now += shift
      expect(other.next('one', everything)).toBeUndefined()
    }
    one.settle('one', batch.key, delivered)
    expect(accounts(other)).toEqual({ one: '1 = 1 + 0 + 0 + 0' })
    one.close()
    other.close()
  })

  it('take over at once what a dead process held', async () => {
    const path = newPath()
    const dead = await openOutbox({ path })
    commit(dead, spanItems(1))
    expect(names(dead.next('one', everything))).toEqual(['trace/0'])
    const other = await openOutbox({ path })
    expect(other.next('one', everything)).toBeUndefined()
    makeOwner(path, 1, deadPid())
    expect(names(other.next('one', everything))).toEqual(['trace/0'])
    other.close()
  })

  it.runIf(process.platform === 'linux')('take a process for dead whose number another one has got', async () => {
    const path = newPath()
    const dead = await openOutbox({ path })
    commit(dead, spanItems(1))
    dead.next('one', everything)
    makeOwner(path, 1, process.pid, '1')
    const other = await openOutbox({ path })
    expect(names(other.next('one', everything))).toEqual(['trace/0'])
    other.close()
  })

  it('hold no objects after their end', async () => {
    const path = newPath()
    const [one, other] = [await openOutbox({ path }), await openOutbox({ path })]
    commit(one, spanItems(1))
    one.next('one', everything)
    one.close()
    expect(names(other.next('one', everything))).toEqual(['trace/0'])
    other.close()
  })

  it('push metrics one after the other, each from where the other ended', async () => {
    const path = newPath()
    let time = 1000
    const options = { path, destinations: [place('metrics', { takes: [] })], monotonic: () => time }
    const [one, other] = [await openOutbox(options), await openOutbox(options)]
    const push = { produced: 3, delivered: 3, waiting: 0, rejected: 0, dropped: 0, reasons: [] }
    expect(one.beginPush('metrics', 1000)).toEqual({})
    expect(other.beginPush('metrics', 1000)).toBeUndefined()
    one.endPush('metrics', push, { a: 1, b: 1 })
    expect(other.beginPush('metrics', 1000)).toEqual({ a: 1, b: 1 })
    time += 1001
    expect(one.beginPush('metrics', 1000)).toEqual({ a: 1, b: 1 })
    one.endPush('metrics', { ...push, produced: 5, delivered: 5 }, { b: 2 })
    expect(one.beginPush('metrics', 1000)).toEqual({ a: 1, b: 2 })
    expect(accounts(other)).toEqual({ metrics: '5 = 5 + 0 + 0 + 0' })
    one.close()
    other.close()
  })
})

describe('a session that is over', () => {
  it('leaves its account behind, and no row of its own once nothing of it is left', async () => {
    const path = newPath()
    const first = await openOutbox({ path })
    commit(first, spanItems(3))
    first.settle('one', first.next('one', { ...everything, items: 1 })!.key, { status: 'parked', reason: 'no' })
    first.settle('one', first.next('one', { ...everything, items: 1 })!.key, delivered)
    first.close()
    makeOwner(path, 1, deadPid())
    const second = await openOutbox({ path })
    expect(accounts(second)).toEqual({ one: '3 = 1 + 1 + 1 + 0' })
    expect(accounts(second, 'session')).toEqual({ one: '0 = 0 + 0 + 0 + 0' })
    second.retry('one')
    deliverAll(second)
    second.close()
    const third = await openOutbox({ path })
    expect(accounts(third)).toEqual({ one: '3 = 3 + 0 + 0 + 0' })
    expect(rows(path, 'SELECT DISTINCT session FROM account')).toEqual([{ session: 0 }])
    expect(rows(path, 'SELECT id FROM session')).toEqual([{ id: 0 }, { id: 3 }])
    expect(rows(path, 'SELECT COUNT(*) AS count FROM item')).toEqual([{ count: 0 }])
    third.close()
  })
})
