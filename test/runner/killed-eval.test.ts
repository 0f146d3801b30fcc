import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/delivery/item.ts'
import { findBuffers } from '../../src/inspect/buffer/find-buffers.ts'
import { isAbandoned } from '../../src/inspect/buffer/is-abandoned.ts'
import type { EvalSample, EvalSampleSummary } from '../../src/inspect/records.ts'
import { evalRetry, evalSet, type HookEvent } from '../../src/index.ts'
import { openLog } from '../../src/inspect/log.ts'
import { now } from '../../src/runner/clock.ts'
import { EvalLogWriter } from '../../src/runner/log/eval-log-writer.ts'
import { shortUuid } from '../../src/runner/short-uuid.ts'
import { formatTimestamp } from '../../src/time.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { changesOf, openFor } from '../inspect/buffer/read-buffer.ts'
import { temporaryFolder } from '../inspect/temporary-file.ts'
import { readAll } from '../inspect/read-all.ts'
import { itemsOf } from '../telemetry/render.ts'
import { killedEval, LongEval } from './killed-eval.ts'
import { longTask } from './long-task.ts'

const nowhere = { XDG_DATA_HOME: '/nowhere' }

describe('an eval that is killed', { timeout: 60_000 }, () => {
  it.each([1, 5, 33])(
    'after %i samples leaves all that was written, under the ids of the live run',
    async (samples) => {
      const { folder, log, live } = await killedEval(samples)

      const [place] = await findBuffers(log, nowhere)
      expect(await isAbandoned(place!)).toBe(true)
      const { buffer, problems } = await openFor(log, nowhere)
      const manifest = JSON.parse(readFileSync(join(place!.path, 'manifest.json'), 'utf8')) as {
        readonly samples: { summary: EvalSampleSummary; segments: { last_event_id: number }[] }[]
      }
      expect(manifest.samples.length).toBeGreaterThan(0)
      for (const { summary, segments } of manifest.samples) {
        const last = Math.max(...segments.map(({ last_event_id: id }) => id))
        expect(changesOf(buffer, summary.id).at(-1)?.cursor).toBe(last)
      }
      expect(problems).toEqual([])

      const mapping = new Mapping(telemetrySettings({}))
      const liveItems = bodies(live.flatMap((event) => mapping.map(event).items))
      const replayed = bodies(await itemsOf([folder]))
      const known = Object.fromEntries(Object.entries(replayed).filter(([key]) => key in liveItems))
      expect(known).toEqual(Object.fromEntries(Object.keys(known).map((key) => [key, liveItems[key]])))
      // How much was written by then is a matter of time.
      expect(Object.keys(known).length).toBeGreaterThan(0)

      const inLog = new Set((await readAll(log)).map((sample) => (typeof sample === 'string' ? '' : sample.uuid)))
      const inBuffer = new Set(manifest.samples.flatMap(({ summary }) => (summary.completed ? [summary.uuid] : [])))
      const told = new Set(
        Object.values(replayed).flatMap(({ name, key }) => (name.startsWith('eval_sample') ? [key] : [])),
      )
      const found = new Set([...inLog, ...inBuffer])
      expect(told.size).toBe(found.size)
      // What was over for a while is somewhere.
      const last = Date.parse(live.at(-1)!.meta.time)
      const early = live.filter(
        (event) => event.hook === 'onSampleEnd' && last - Date.parse(event.meta.time) > 1500,
      ) as Extract<HookEvent, { hook: 'onSampleEnd' }>[]
      expect(early.filter(({ data }) => !found.has(data.sample.uuid))).toEqual([])
    },
  )

  it('is gone on with by a retry: what was finished is not run again, in its log or beside it', async () => {
    const { folder, log, live } = await killedEval(7)
    const { buffer } = await openFor(log, nowhere)
    const inBuffer = buffer.samples().flatMap(({ summary }) => (summary.completed ? [summary] : []))
    const inLog = (await readAll(log)) as EvalSample[]
    expect(inBuffer.length).toBeGreaterThan(0)
    const [retried] = await evalRetry(log, longTask, { logDir: folder, maxSamples: 100 }, { banner: () => {} })
    expect(retried!.status).toBe('success')
    const samples = (await readAll(retried!.location)) as EvalSample[]
    expect(samples).toHaveLength(100)
    const kept = new Set([...inLog, ...inBuffer].map(({ uuid }) => uuid))
    expect(samples.filter(({ uuid }) => kept.has(uuid))).toHaveLength(kept.size)
    const ended = live.flatMap((event) => (event.hook === 'onSampleEnd' ? [event.data.sample] : []))
    const pairs = ended.map((sample) => [samples.find(({ uuid }) => uuid === sample.uuid), sample] as const)
    const found = pairs.filter(([sample]) => sample)
    expect(found.length).toBeGreaterThan(inLog.length)
    // Of attempts before the last one a buffer has nothing.
    for (const [sample, told] of found) expect({ error_retries: [], ...sample }).toEqual(told)
  })

  it('is not retried before it is killed', async () => {
    const running = new LongEval()
    await running.until(1)
    const log = readdirSync(running.folder).find((name) => name.endsWith('.eval'))!
    const retried = evalRetry(join(running.folder, log), longTask, { logDir: running.folder }, { banner: () => {} })
    await expect(retried).rejects.toThrow(/process \d+ still runs this eval; retry it when that is over/)
    await running.kill()
  })

  it('keeps what it had though the next one was killed before it took that over', async () => {
    const { folder, log } = await killedEval(15)
    const killed = await openLog(log)
    const { header } = killed
    await killed.close()
    const created = formatTimestamp(now())
    const spec = { ...header.eval, eval_id: shortUuid(), created }
    const writer = await EvalLogWriter.create({ folder, spec, plan: header.plan })
    await writer.close()
    const had = (await readAll(log)) as EvalSample[]
    const [retried] = await evalRetry(
      writer.path,
      longTask,
      { logDir: temporaryFolder(), maxSamples: 100 },
      { banner: () => {} },
    )
    const kept = new Set(((await readAll(retried!.location)) as EvalSample[]).map(({ uuid }) => uuid))
    expect(had.filter(({ uuid }) => !kept.has(uuid))).toEqual([])
    const { success, logs } = await evalSet(longTask, { logDir: folder, maxSamples: 100 }, { banner: () => {} })
    expect([success, had.length > 0]).toEqual([true, true])
    const uuids = new Set(((await readAll(logs[0]!.location)) as EvalSample[]).map(({ uuid }) => uuid))
    expect(had.filter(({ uuid }) => !uuids.has(uuid))).toEqual([])
    expect(readdirSync(folder).toSorted()).toEqual(['.eval-set-id', basename(logs[0]!.location), 'eval-set.json'])
  })

  it('is gone on with by an eval set, which leaves nothing of it', async () => {
    const { folder, log } = await killedEval(3)
    const { success, logs } = await evalSet(longTask, { logDir: folder, maxSamples: 100 }, { banner: () => {} })
    expect([success, logs.length]).toEqual([true, 1])
    expect(readdirSync(folder).toSorted()).toEqual(['.eval-set-id', basename(logs[0]!.location), 'eval-set.json'])
    expect(logs[0]!.location).not.toBe(log)
  })
})

interface Told {
  readonly name: string
  readonly key: string
  readonly body: unknown
}

function bodies(items: readonly Item[]): { [key: string]: Told } {
  return Object.fromEntries(
    items.map(({ kind, object, id, body }) => {
      const key = `${kind} ${object} ${id}`
      return [key, { name: String((body as { name?: string } | null)?.name), key, body }]
    }),
  )
}
