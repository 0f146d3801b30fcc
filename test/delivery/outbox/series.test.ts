import { describe, expect, it } from 'vitest'
import type { Attributes, Instrument, Item } from '../../../src/delivery/item.ts'
import type { Outbox } from '../../../src/delivery/outbox/outbox.ts'
import { sealedDigest } from '../../../src/delivery/sealed-digest.ts'
import { spanItem } from '../items.ts'
import { commit, newPath, openOutbox } from './open-outbox.ts'

const calls: Instrument = { name: 'calls', type: 'counter', unit: '{call}', description: 'Calls' }
const active: Instrument = { name: 'active', type: 'updowncounter', unit: '1', description: '' }
const accuracy: Instrument = { name: 'accuracy', type: 'gauge', unit: '1', description: '' }
const duration: Instrument = { name: 'duration', type: 'histogram', unit: 's', description: '', boundaries: [1, 5] }

let count = 0
function measured(instrument: Instrument, value: number, attributes: Attributes = {}, seconds: number = 100): Item {
  count += 1
  return spanItem(`item ${count}`, { measurements: [{ instrument, value, attributes, time: [seconds, 0] }] })
}

/** `name {attributes} since start: data`, a line a series. */
function series(outbox: Outbox): string[] {
  return outbox
    .series()
    .map(
      ({ instrument, attributes, start, data }) =>
        `${instrument.name} ${JSON.stringify(attributes)} since ${start}: ${JSON.stringify(data)}`,
    )
}

describe('the series of an outbox', () => {
  it('add up over sessions, of all types, each from the time of its own first measurement', async () => {
    const path = newPath()
    const first = await openOutbox({ path, now: () => 1000 })
    commit(first, [measured(calls, 2, { model: 'a' }), measured(active, 3), measured(accuracy, 0.5, {}, 200)])
    commit(first, [measured(duration, 1), measured(duration, 7)])
    first.close()
    const second = await openOutbox({ path, now: () => 2000 })
    commit(second, [measured(calls, 1, { model: 'a' }), measured(calls, 1, { model: 'b' }), measured(active, -1)])
    commit(second, [measured(accuracy, 0.25, {}, 150), measured(duration, 3)])
    expect(series(second)).toEqual([
      'accuracy {} since 1000: {"number":0.5,"time":[200,0]}',
      'active {} since 1000: {"number":2}',
      'calls {"model":"a"} since 1000: {"number":3}',
      'calls {"model":"b"} since 2000: {"number":1}',
      'duration {} since 1000: {"distribution":{"counts":[1,1,1],"count":3,"sum":11,"min":1,"max":7}}',
    ])
    second.close()
  })

  it('count what ends an item that was closed as incomplete, once', async () => {
    const outbox = await openOutbox({ path: newPath() })
    const item = measured(calls, 1)
    commit(outbox, [{ ...item, digest: sealedDigest, measurements: [] }])
    const replies = [1, 2, 3].map(() => commit(outbox, [item]))
    expect(replies.map(({ verdicts }) => verdicts)).toEqual([['superseded'], ['known'], ['known']])
    expect(outbox.series().map(({ data }) => data.number)).toEqual([1])
    outbox.close()
  })

  it('count an item once, whichever session sees it, and not when only another destination needs it', async () => {
    const path = newPath()
    const [one, other] = [await openOutbox({ path }), await openOutbox({ path })]
    const item = measured(calls, 1)
    commit(one, [item])
    commit(other, [item])
    commit(one, [item], { again: true })
    commit(other, [{ ...item, digest: 'other', rule: 'latest' }])
    expect(one.series().map(({ data }) => data.number)).toEqual([1])
    one.close()
    other.close()
  })

  it('of two sessions at a time lose nothing', async () => {
    const path = newPath()
    const [one, other] = [await openOutbox({ path }), await openOutbox({ path })]
    for (let round = 0; round < 20; round += 1) {
      commit(one, [measured(calls, 1)])
      commit(other, [measured(calls, 2)])
    }
    expect(one.series().map(({ data }) => data.number)).toEqual([60])
    one.close()
    other.close()
  })

  it('are 2,000 of an instrument, over sessions too; what comes on top is one more', async () => {
    const path = newPath()
    const first = await openOutbox({ path })
    for (let index = 0; index < 1_500; index += 100) {
      commit(
        first,
        Array.from({ length: 100 }, (_, offset) => measured(calls, 1, { index: index + offset })),
      )
    }
    first.close()
    const second = await openOutbox({ path })
    commit(
      second,
      Array.from({ length: 1_000 }, (_, index) => measured(calls, 1, { index: 1_400 + index })),
    )
    const all = second.series()
    const rest = all.find(({ attributes }) => attributes['otel.metric.overflow'] === true)
    expect([all.length, rest!.data.number]).toEqual([2000, 401])
    expect(all.reduce((sum, { data }) => sum + data.number!, 0)).toBe(2_500)
    second.close()
  })

  it('begin anew with an instrument whose buckets or type are others now', async () => {
    const path = newPath()
    const first = await openOutbox({ path, now: () => 1000 })
    commit(first, [measured(duration, 3)])
    first.close()
    const second = await openOutbox({ path, now: () => 2000 })
    commit(second, [measured({ ...duration, boundaries: [2, 4, 8] }, 3)])
    expect(series(second)).toEqual([
      'duration {} since 2000: {"distribution":{"counts":[0,1,0,0],"count":1,"sum":3,"min":3,"max":3}}',
    ])
    commit(second, [measured({ ...calls, name: 'duration' }, 3)])
    expect(series(second)).toEqual(['duration {} since 2000: {"number":3}'])
    second.close()
  })

  it('that nothing was added to for a month are retired', async () => {
    const path = newPath()
    let now = 1000
    const first = await openOutbox({ path, now: () => now })
    commit(first, [measured(calls, 1, { of: 'old' }), measured(calls, 1, { of: 'both' })])
    now += 20 * 86_400_000
    commit(first, [measured(calls, 1, { of: 'both' })])
    first.close()
    now += 20 * 86_400_000
    const second = await openOutbox({ path, now: () => now })
    expect(series(second)).toEqual(['calls {"of":"both"} since 1000: {"number":2}'])
    commit(second, [measured(calls, 1, { of: 'old' })])
    expect(series(second)[1]).toBe(`calls {"of":"old"} since ${now}: {"number":1}`)
    second.close()
  })

  it('stay as they were when the commit fails', async () => {
    const outbox = await openOutbox()
    commit(outbox, [measured(calls, 1)])
    expect(() => commit(outbox, [measured(calls, 1)], { on: ['nowhere'] })).toThrow('nowhere was not registered')
    commit(outbox, [measured(calls, 1)])
    expect(outbox.series().map(({ data }) => data.number)).toEqual([2])
    outbox.close()
  })
})
