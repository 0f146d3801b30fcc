import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/index.ts'
import type { Item } from '../../src/delivery/item.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { itemsOf } from '../telemetry/render.ts'
import { temporaryFolders } from './in-folder.ts'
import { RandomRun } from './random-run.ts'
import { takeFired } from './recorder.ts'
import { run } from './run.ts'
import { scenarios } from './scenarios.ts'

const newFolder = temporaryFolders()

describe('spans, records and measurements of a run', () => {
  it.each(Object.keys(scenarios))('%s are the same live and from its log, to the letter', async (name) => {
    const logDir = newFolder()
    const { task, options } = scenarios[name]!()
    takeFired()
    await evaluate(task, { ...options, logDir }, { banner: () => {} })
    const mapping = new Mapping(telemetrySettings({}))
    const live = bodies(takeFired().flatMap((event) => mapping.map(event).items))
    const replayed = bodies(await itemsOf([logDir]))
    expect(Object.keys(live).length).toBeGreaterThan(3)
    expect(replayed).toEqual(live)
  })

  it('are so whatever happens in the run', async () => {
    let compared = 0
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = new RandomRun(seed)
      const tasks = random.tasks()
      const { events, logs, logDir } = await run(tasks, { ...random.options(), set: false })
      // Of tasks that never began before the run was cancelled no log tells.
      if (logs.length < tasks.length) continue
      const mapping = new Mapping(telemetrySettings({}))
      const live = bodies(events.flatMap((event) => mapping.map(event).items))
      expect(bodies(await itemsOf([logDir])), `seed ${seed}`).toEqual(live)
      compared += 1
    }
    expect(compared).toBeGreaterThan(15)
  })
})

/** By kind, object and id: all that a backend gets. */
function bodies(items: readonly Item[]): { [key: string]: unknown } {
  const sorted = items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return Object.fromEntries(
    sorted.map((item) => [
      keyOf(item),
      {
        body: item.body,
        measurements: (item.measurements ?? []).map((measured) => ({ ...measured, time: undefined })),
      },
    ]),
  )
}

function keyOf({ kind, object, id }: Item): string {
  return `${kind} ${object} ${id}`
}
