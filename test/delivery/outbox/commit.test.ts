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

const two = [place('one'), place('two')]

describe('a commit', () => {
  it('tells what was never seen from what is known and what came with other content', async () => {
    const outbox = await openOutbox()
    expect(commit(outbox, [spanItem('a'), spanItem('b')]).verdicts).toEqual(['fresh', 'fresh'])
    expect(commit(outbox, [spanItem('a'), spanItem('b', { version: 2 }), spanItem('c')]).verdicts).toEqual([
      'known',
      'superseded',
      'fresh',
    ])
    expect(deliverAll(outbox)).toEqual(['trace/a', 'trace/b', 'trace/c'])
    expect(outbox.report('all')).toMatchObject([{ produced: 3, delivered: 3, superseded: 1 }])
    outbox.close()
  })

  it('knows what an earlier session has seen, and items of different objects apart', async () => {
    const path = newPath()
    const first = await openOutbox({ path })
    commit(first, [spanItem('a')])
    first.close()
    const second = await openOutbox({ path })
    const items = [spanItem('a'), spanItem('a', { object: 'other' })]
    expect(commit(second, items).verdicts).toEqual(['known', 'fresh'])
    expect(deliverAll(second)).toEqual(['trace/a', 'other/a'])
    second.close()
  })

  it('knows what another session has seen a moment ago', async () => {
    const path = newPath()
    const [one, other] = [await openOutbox({ path }), await openOutbox({ path })]
    expect(commit(one, [spanItem('a')]).verdicts).toEqual(['fresh'])
    expect(commit(other, [spanItem('a'), spanItem('b')]).verdicts).toEqual(['known', 'fresh'])
    expect(commit(one, [spanItem('b')]).verdicts).toEqual(['known'])
    expect(accounts(one)).toEqual({ one: '2 = 0 + 2 + 0 + 0' })
    expect([accounts(one, 'session'), accounts(other, 'session')]).toEqual([
      { one: '1 = 0 + 1 + 0 + 0' },
      { one: '1 = 0 + 1 + 0 + 0' },
    ])
    one.close()
    other.close()
  })

  it('tells ids apart that differ in their last digits only', async () => {
    const outbox = await openOutbox()
    const ids = ['0000000000000001', '0000000000000002', '1000000000000001', '1001000000000001']
    expect(
      commit(
        outbox,
        ids.map((id) => spanItem(id)),
      ).verdicts,
    ).toEqual(['fresh', 'fresh', 'fresh', 'fresh'])
    outbox.close()
  })

  it('gives a destination that is switched on later what it lacks, when that comes again', async () => {
    const outbox = await openOutbox({ destinations: two })
    commit(outbox, spanItems(2), { on: ['one'] })
    commit(outbox, [...spanItems(2), spanItem('new')], { on: ['one', 'two'] })
    expect(deliverAll(outbox, 'one')).toEqual(['trace/0', 'trace/1', 'trace/new'])
    expect(deliverAll(outbox, 'two')).toEqual(['trace/0', 'trace/1', 'trace/new'])
    commit(outbox, [...spanItems(2), spanItem('new')], { on: ['one', 'two'] })
    expect(accounts(outbox)).toEqual({ one: '3 = 3 + 0 + 0 + 0', two: '3 = 3 + 0 + 0 + 0' })
    outbox.close()
  })

  it('does so in a later session, of which the first knew nothing', async () => {
    const path = newPath()
    const first = await openOutbox({ path })
    commit(first, [spanItem('a')])
    expect(deliverAll(first)).toEqual(['trace/a'])
    first.close()
    const second = await openOutbox({ path, destinations: two })
    commit(second, [spanItem('a')], { on: ['one', 'two'] })
    expect(accounts(second)).toEqual({ one: '1 = 1 + 0 + 0 + 0', two: '1 = 0 + 1 + 0 + 0' })
    second.close()
  })

  it('files nothing for a destination that is off meanwhile, and keeps what waits for it', async () => {
    const outbox = await openOutbox({ destinations: two })
    commit(outbox, [spanItem('a')], { on: ['one', 'two'] })
    commit(outbox, [spanItem('b')], { on: ['two'] })
    expect(accounts(outbox)).toEqual({ one: '1 = 0 + 1 + 0 + 0', two: '2 = 0 + 2 + 0 + 0' })
    outbox.close()
  })

  it('files only the kinds that a destination takes', async () => {
    const outbox = await openOutbox({ destinations: [place('one'), place('logs', { takes: ['log'] })] })
    const log = { ...spanItem('log'), kind: 'log' } as never
    commit(outbox, [spanItem('span'), log], { on: ['one', 'logs'] })
    expect([deliverAll(outbox, 'one'), deliverAll(outbox, 'logs')]).toEqual([['trace/span'], ['trace/log']])
    outbox.close()
  })

  it('under rule latest sends content that changed, and each version once', async () => {
    const outbox = await openOutbox()
    const [first, second] = [spanItem('a', { rule: 'latest' }), spanItem('a', { rule: 'latest', version: 2 })]
    commit(outbox, [first])
    expect(deliverAll(outbox)).toEqual(['trace/a'])
    commit(outbox, [second, second])
    commit(outbox, [second])
    const batch = outbox.next('one', everything)!
    expect(batch.items.map(({ json }) => json)).toEqual([second.json])
    outbox.settle('one', batch.key, delivered)
    expect(outbox.report('all')).toMatchObject([{ produced: 2, delivered: 2, superseded: 0 }])
    outbox.close()
  })

  it('sends everything once more when it is told to', async () => {
    const outbox = await openOutbox()
    commit(outbox, spanItems(2))
    deliverAll(outbox)
    const { verdicts } = commit(outbox, spanItems(2), { again: true })
    expect(verdicts).toEqual(['known', 'known'])
    expect(deliverAll(outbox)).toEqual(['trace/0', 'trace/1'])
    expect(accounts(outbox)).toEqual({ one: '4 = 4 + 0 + 0 + 0' })
    outbox.close()
  })

  it('says of known items whether they were delivered before, and when', async () => {
    let now = 1000
    const outbox = await openOutbox({ now: () => now })
    expect(commit(outbox, [spanItem('a'), spanItem('b', { object: 'waits' })]).before.count).toBe(0)
    const batch = outbox.next('one', { ...everything, items: 1 })!
    now = 5000
    outbox.settle('one', batch.key, delivered)
    const { before } = commit(outbox, [spanItem('a'), spanItem('b', { object: 'waits' })])
    expect(before).toEqual({ count: 1, latest: 5000, undelivered: 1 })
    outbox.close()
  })

  it('drops what there is no room for, by name; one item fits in any case, and a later commit files the rest', async () => {
    const outbox = await openOutbox({ maxBytes: 2 ** 20 })
    const large = spanItem('large', { size: 2 ** 21 })
    const { filed } = commit(outbox, [large, spanItem('small')])
    expect(filed).toEqual([{ destination: 'one', count: 1, bytes: 2 ** 21, refused: 1 }])
    expect(outbox.report('all')).toMatchObject([
      {
        produced: 2,
        waiting: 1,
        dropped: 1,
        reasons: [
          {
            outcome: 'dropped',
            reason: 'more than 1 MiB were waiting (EVALSPAN_OUTBOX_MAX_BYTES)',
            count: 1,
            names: ['span small (small)'],
          },
        ],
      },
    ])
    expect(deliverAll(outbox)).toEqual(['trace/large'])
    commit(outbox, [large, spanItem('small')])
    expect(deliverAll(outbox)).toEqual(['trace/small'])
    outbox.close()
  })
})

describe('what cannot be delivered', () => {
  it('is filed again for a destination that had none of it, but not for one that took it', async () => {
    const outbox = await openOutbox({ destinations: two })
    commit(outbox, [spanItem('a')], { on: ['one', 'two'] })
    deliverAll(outbox, 'two')
    expect(outbox.disown('one')).toBe(1)
    expect(accounts(outbox)).toEqual({ one: '0 = 0 + 0 + 0 + 0', two: '1 = 1 + 0 + 0 + 0' })
    commit(outbox, [spanItem('a')], { on: ['one', 'two'] })
    expect([deliverAll(outbox, 'one'), deliverAll(outbox, 'two')]).toEqual([['trace/a'], []])
    outbox.close()
  })

  it('is filed again when it was dropped while it waited', async () => {
    const outbox = await openOutbox()
    commit(outbox, spanItems(2))
    expect(outbox.dropWaiting('one', 'nobody wants it')).toBe(2)
    expect(outbox.report('all')).toMatchObject([
      {
        waiting: 0,
        dropped: 2,
        reasons: [{ outcome: 'dropped', reason: 'nobody wants it', count: 2, names: ['span 0 (0)', 'span 1 (1)'] }],
      },
    ])
    commit(outbox, spanItems(2))
    expect(deliverAll(outbox)).toEqual(['trace/0', 'trace/1'])
    expect(accounts(outbox)).toEqual({ one: '4 = 2 + 0 + 0 + 2' })
    outbox.close()
  })

  it('is not dropped while somebody is sending it', async () => {
    const outbox = await openOutbox()
    commit(outbox, [spanItem('a'), spanItem('b', { object: 'other' })])
    const batch = outbox.next('one', { ...everything, items: 1 })!
    expect(outbox.dropWaiting('one', 'no')).toBe(1)
    outbox.settle('one', batch.key, delivered)
    expect(accounts(outbox)).toEqual({ one: '2 = 1 + 0 + 0 + 1' })
    outbox.close()
  })

  it('is parked with the answer when it was refused, and waits again at its place', async () => {
    const outbox = await openOutbox()
    commit(outbox, spanItems(3))
    const batch = outbox.next('one', { ...everything, items: 2 })!
    outbox.settle('one', batch.key, { status: 'parked', reason: 'HTTP 400' })
    expect(outbox.report('all')).toMatchObject([
      {
        waiting: 1,
        rejected: 2,
        reasons: [{ outcome: 'rejected', reason: 'HTTP 400', count: 2, names: ['span 0 (0)', 'span 1 (1)'] }],
      },
    ])
    expect(commit(outbox, spanItems(3)).filed).toEqual([])
    expect(outbox.retry('one')).toBe(2)
    expect(outbox.report('all')).toMatchObject([{ waiting: 3, rejected: 0, reasons: [] }])
    expect(deliverAll(outbox)).toEqual(['trace/0', 'trace/1', 'trace/2'])
    outbox.close()
  })

  it('is given up for good when it was parked and dropped: it would only be refused once more', async () => {
    const outbox = await openOutbox()
    commit(outbox, spanItems(2))
    outbox.settle('one', outbox.next('one', everything)!.key, { status: 'parked', reason: 'HTTP 400' })
    expect(outbox.dropParked('one', 'dropped by hand')).toBe(2)
    expect(commit(outbox, spanItems(2)).filed).toEqual([])
    expect(accounts(outbox)).toEqual({ one: '2 = 0 + 0 + 0 + 2' })
    outbox.close()
  })

  it('is given up when it has waited for too long, or was parked for as long', async () => {
    let now = 1_000_000
    const outbox = await openOutbox({ now: () => now })
    commit(outbox, [spanItem('parked')])
    outbox.settle('one', outbox.next('one', everything)!.key, { status: 'parked', reason: 'no' })
    commit(outbox, [spanItem('old')])
    now += 60_000
    commit(outbox, [spanItem('young')])
    expect(outbox.expire('one', 60_000, 'older than a minute')).toBe(0)
    now += 1
    expect(outbox.expire('one', 60_000, 'older than a minute')).toBe(2)
    expect(names(outbox.next('one', everything))).toEqual(['trace/young'])
    expect(accounts(outbox)).toEqual({ one: '3 = 0 + 1 + 0 + 2' })
    outbox.close()
  })

  it('leaves the reasons bounded, whatever a server puts into its answers', async () => {
    const outbox = await openOutbox()
    for (let count = 0; count < 80; count += 1) {
      commit(outbox, [spanItem(String(count))])
      const { key } = outbox.next('one', everything)!
      outbox.settle('one', key, { status: 'parked', reason: `request ${count}` })
    }
    const [{ rejected, reasons } = { rejected: 0, reasons: [] }] = outbox.report('all')
    expect([rejected, reasons.length, reasons[0]]).toMatchObject([80, 51, { reason: 'other reasons', count: 30 }])
    expect(outbox.retry('one')).toBe(80)
    expect(outbox.report('all')).toMatchObject([{ waiting: 80, rejected: 0, reasons: [] }])
    outbox.close()
  })
})
