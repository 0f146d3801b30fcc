import { describe, expect, it } from 'vitest'
import type { Item } from '../../../src/delivery/item.ts'
import { itemsOf } from '../../telemetry/render.ts'
import { fixtures, keyOf, linesOf, Played, recorded, send } from './play-live.ts'
import { existsSync } from 'node:fs'

/**
 * What a log cannot tell as a live run could, by fixture: sent as it was live, and superseded when the log is replayed. All
 * else is the same, to the letter.
 */
const notInLog: { readonly [name: string]: readonly string[] } = {
  // The time and the wait of a back-off are worked out from what lies around it.
  model_retries: ['chat rl'],
  model_retries_exhausted: ['chat rl2'],
  // Of a retried attempt a log keeps what followed its last model call.
  retry_on_error: ['eval_attempt', 'eval_sample retry_on_error', 'solver flaky', 'solvers'],
  // Without its samples the log has no times but whole seconds.
  no_log_samples: ['eval_run', 'eval_task no_log_samples'],
  retry_exhausted: ['eval_attempt', 'eval_sample retry_exhausted', 'solver flaky', 'solvers'],
}

/** Spans of the log that are not there as it gives them. */
async function differences(played: Played, name: string): Promise<{ missing: string[]; different: string[] }> {
  const logged = await itemsOf([logOf(name)])
  const missing = logged.filter((item) => !played.items.has(keyOf(item)))
  const different = logged.filter((item) => {
    const live = played.items.get(keyOf(item))
    return live !== undefined && live.digest !== item.digest
  })
  return { missing: missing.map(nameOf), different: [...new Set(different.map(nameOf))].toSorted() }
}

function logOf(name: string): string {
  return (
    [`${fixtures}/${name}.eval`, `${fixtures}/${name}.json`].find((path) => existsSync(path)) ?? `${fixtures}/${name}`
  )
}

function nameOf(item: Item): string {
  return item.kind === 'span' ? item.body.name : item.id
}

/** The same pseudo-random numbers each time. */
function* randomNumbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state / 2 ** 32
  }
}

describe('a recorded run that is told live', () => {
  it.each(recorded)('%s gives what its log gives, and nothing twice', async (name) => {
    const played = new Played()
    const stream = played.stream()
    await send(stream, await linesOf(name))
    await stream.settled()
    expect(played.problems).toEqual([])
    expect(played.open).toEqual([])
    expect(await differences(played, name)).toEqual({ missing: [], different: notInLog[name] ?? [] })
    expect(played.superseded.map(nameOf)).toEqual([])
  })

  it.each(recorded.filter((name) => name !== 'no_log_samples'))(
    '%s is told by its log when its process is killed, at whatever moment',
    async (name) => {
      const lines = await linesOf(name)
      const starts = lines.map((line) => line.includes('"on_task_start"'))
      for (let until = starts.lastIndexOf(true) + 1; until < lines.length; until += 3) {
        const played = new Played()
        const stream = played.stream()
        await send(stream, lines.slice(0, until), { ends: false })
        stream.end()
        await stream.settled()
        const { missing, different } = await differences(played, name)
        const unexpected = different.filter((each) => !(notInLog[name] ?? []).includes(each))
        expect({ until, missing, unexpected, open: played.open }).toEqual({
          until,
          missing: [],
          unexpected: [],
          open: [],
        })
      }
    },
  )

  it.each(recorded.filter((name) => name !== 'no_log_samples'))(
    '%s loses nothing, whatever part of it does not arrive',
    async (name) => {
      const lines = await linesOf(name)
      const numbers = randomNumbers(7)
      const next = (): number => Math.floor(numbers.next().value! * (lines.length + 1))
      for (let round = 0; round < 12; round += 1) {
        const [from, until] = [next(), next()].toSorted((a, b) => a - b) as [number, number]
        const played = new Played()
        const stream = played.stream()
        await send(stream, lines, { isLost: (index) => index >= from && index < until })
        await stream.settled()
        const where = `without ${from} to ${until} of ${lines.length}`
        const { missing, different } = await differences(played, name)
        const unexpected = different.filter((each) => !(notInLog[name] ?? []).includes(each))
        expect({ where, missing, unexpected }).toEqual({ where, missing: [], unexpected: [] })
      }
    },
  )

  it('is left open, and its log named once, when something did not come and the log is not there', async () => {
    const played = new Played()
    const stream = played.stream()
    const lines = (await linesOf('basic')).map((line) => line.replace(/^\{"log": "[^"]*"/, '{"log": "/nowhere/x.eval"'))
    await send(stream, lines, { isLost: (index) => index === 7 })
    await stream.settled()
    expect(played.problems).toEqual(['/nowhere/x.eval: there is no such file; check the path'])
    expect(played.hooks.slice(-2)).toEqual(['onTaskEnd', 'onRunEnd'])
  })
})
