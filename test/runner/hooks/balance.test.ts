import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { RandomRun } from '../random-run.ts'
import { takeFired } from '../recorder.ts'
import { aTask, run, withHooks } from '../run.ts'
import { streamProblems } from './stream-problems.ts'

describe('whatever happens in a run', () => {
  it('each start has one end, the inner ones first, and nothing comes after the end of what it is in', async () => {
    const statuses = new Set<string>()
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = new RandomRun(seed)
      const remove = withHooks(random.hooks())
      const { events, thrown, logs } = await run(random.tasks(), random.options())
      remove()
      expect(streamProblems(events), `seed ${seed}`).toEqual([])
      statuses.add(thrown === undefined ? logs.map(({ status }) => status).join() : 'rejected')
    }
    // The runs are of all kinds, and nothing comes when they are over.
    expect([...statuses]).toEqual(expect.arrayContaining(['success', 'error', 'cancelled', 'rejected']))
    await sleep(50)
    expect(takeFired()).toEqual([])
  })

  it('a stream that lacks a start or an end is told from one that has them', async () => {
    const { events } = await run(aTask({ epochs: 2 }), { set: true })
    expect(streamProblems(events)).toEqual([])
    const structural = events.flatMap(({ hook }, index) => (/(Init|Start|End)$/.test(hook) ? [index] : []))
    for (const index of structural.filter((at) => events[at]!.hook !== 'onSampleStart')) {
      expect(streamProblems(events.toSpliced(index, 1)), events[index]!.hook).not.toEqual([])
      expect(streamProblems([...events, events[index]!]), `${events[index]!.hook} at the end`).not.toEqual([])
    }
  })
})
