import { expect, it } from 'vitest'
import { findBuffers } from '../../src/inspect/buffer/find-buffers.ts'
import { parse } from '../../src/inspect/json.ts'
import type { EvalSample } from '../../src/inspect/records.ts'
import { openFor } from '../inspect/buffer/read-buffer.ts'
import { readAll } from '../inspect/read-all.ts'
import { killedEval } from '../runner/killed-eval.ts'
import { describedByInspect, describedSample } from './inspect-described.ts'
import { describeWithInspect, outputOf, pythonCommand } from './inspect-python.ts'

/** What `describe_running.py` says. */
interface Described {
  readonly viewed: readonly {
    readonly id: string | number
    readonly uuid: string
    readonly completed: boolean
    /** Ids and kinds, once for each version. */
    readonly events: readonly (readonly [string, string])[]
    readonly later: number
    readonly messages: number
    readonly segments: readonly string[]
  }[]
  /** In the log, finished, running, all; and where from. */
  readonly recoverable: readonly (readonly [number, number, number, number, string])[]
  readonly recovered: string
}

/** What a buffer has: of each version of an event its id and kind, and how many events there are. */
interface Buffered {
  readonly id: string | number
  readonly uuid: string | undefined
  readonly completed: boolean | undefined
  readonly versions: readonly (readonly [string | undefined, string])[]
  readonly kinds: readonly string[]
}

async function buffered(log: string): Promise<Buffered[]> {
  const { buffer, problems } = await openFor(log, { XDG_DATA_HOME: '/nowhere' })
  expect(problems).toEqual([])
  return buffer.samples().map((sample) => {
    const changes = [...buffer.changes(sample)].map(({ event }) => event)
    const { id, uuid, completed } = sample.summary
    const kinds = [...new Map(changes.map((event) => [event.uuid, event.event])).values()]
    return { id, uuid, completed, versions: changes.map((event) => [event.uuid, event.event] as const), kinds }
  })
}

describeWithInspect('an eval of ours that was killed', () => {
  it.each([2, 7, 13])('after %i samples can be looked at and recovered by Inspect', async (count) => {
    const { log, live } = await killedEval(count)
    const running = await buffered(log)
    const inLog = (await readAll(log)) as EvalSample[]
    const keys = new Set(inLog.map(({ uuid }) => uuid))
    const described = parse(await outputOf(pythonCommand('describe_running.py', log))) as Described

    expect(described.viewed.map(({ id, uuid, completed, events }) => [id, uuid, completed, events])).toEqual(
      running.map(({ id, uuid, completed, versions }) => [id, uuid, completed, versions]),
    )
    for (const { id, events, later, messages, segments } of described.viewed) {
      expect(later).toBe(events.length - Math.floor(events.length / 2) - 1)
      if (events.some(([, kind]) => kind === 'model')) expect(messages).toBeGreaterThan(0)
      expect(new Set(segments)).toEqual(new Set([`${id}_1.json`]))
    }

    const finished = running.filter(({ completed }) => completed)
    const open = running.filter(({ completed }) => !completed)
    expect(described.recoverable).toEqual([[inLog.length, finished.length, open.length, 100, 'filestore']])
    const [recovered] = await describedByInspect([described.recovered])
    expect(recovered!.status).toBe('error')
    const expected = new Set([...keys, ...running.map(({ uuid }) => uuid)])
    const samples = Object.values(recovered!.samples)
    expect(new Set(samples.map(({ uuid }) => uuid))).toEqual(expected)
    expect(samples).toHaveLength(expected.size)

    const byUuid = new Map(samples.map((sample) => [sample.uuid, sample]))
    const ended = live.flatMap((event) => (event.hook === 'onSampleEnd' ? [event.data.sample] : []))
    const known = ended.filter(({ uuid }) => keys.has(uuid) || finished.some((sample) => sample.uuid === uuid))
    if (count > 2) expect(known.length).toBeGreaterThan(0)
    const whole = new Map(((await readAll(described.recovered)) as EvalSample[]).map((sample) => [sample.uuid, sample]))
    for (const sample of known) {
      expect(byUuid.get(sample.uuid!)).toEqual(describedSample(sample))
      const { messages, output, scores, metadata, input, target } = sample
      expect(whole.get(sample.uuid)).toMatchObject({ messages, output, scores, metadata, input, target })
    }
    for (const { uuid, kinds } of open.filter((sample) => !keys.has(sample.uuid))) {
      expect(byUuid.get(uuid!)).toMatchObject({ error: 'CancelledError()', scores: {}, events: kinds })
    }
    // What Inspect recovered from is still there.
    expect(await findBuffers(log, { XDG_DATA_HOME: '/nowhere' })).toHaveLength(1)
  })
})
