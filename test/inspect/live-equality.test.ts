import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from '../../src/inspect/json.ts'
import { openLog } from '../../src/inspect/log.ts'
import type { EvalLog, EvalSample } from '../../src/inspect/records.ts'

const folder = join(import.meta.dirname, '../fixtures/inspect')

interface HookRecord {
  readonly hook: string
  readonly data: { readonly sample: EvalSample; readonly log: EvalLog }
}

/**
 * The one thing that a log does not keep: a lone surrogate is written as the six characters of its escape, which cannot
 * be told from a text that has these characters.
 */
function asLogged(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replace(/\p{Surrogate}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
  if (Array.isArray(value)) return value.map(asLogged)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asLogged(item)]))
}

/** Inspect stores messages that differ in their id only as one, so the id in the input of a model may be another's. */
function withoutInputIds(sample: EvalSample): EvalSample {
  const events = sample.events.map((event) => {
    if (event.event !== 'model') return event
    return { ...event, input: event.input.map((message) => ({ ...message, id: undefined })) }
  })
  return { ...sample, events }
}

function liveRecords(name: string): HookRecord[] {
  const lines = readFileSync(join(folder, `${name}.hooks.jsonl`), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => asLogged(parse(line)) as HookRecord)
}

async function readSamples(path: string): Promise<EvalSample[]> {
  const log = await openLog(path)
  const samples: EvalSample[] = []
  for await (const entry of log.samples()) {
    if ('error' in entry) throw entry.error
    samples.push(entry.sample)
  }
  await log.close()
  return samples
}

const runs = readdirSync(folder)
  .filter((name) => name.endsWith('.hooks.jsonl'))
  .map((name) => name.slice(0, -'.hooks.jsonl'.length))

function logsOf(run: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter(
    (name) =>
      name === `${run}.eval` || name === `${run}.json` || (name.startsWith(`${run}/`) && name.endsWith('.eval')),
  )
}

describe('a sample read from a log', () => {
  it.each(runs)('is the sample that the live hook had: %s', async (run) => {
    const live = new Map(
      liveRecords(run)
        .filter((record) => record.hook === 'on_sample_end')
        .map((record) => [record.data.sample.uuid, record.data.sample]),
    )
    const read = (await Promise.all(logsOf(run).map((name) => readSamples(join(folder, name))))).flat()
    expect(read.length > 0).toBe(run !== 'no_log_samples')
    for (const sample of read) expect(withoutInputIds(sample)).toStrictEqual(withoutInputIds(live.get(sample.uuid)!))
  })
})

describe('a header read from a log', () => {
  it.each(runs)('is the log that the live hook had: %s', async (run) => {
    const live = liveRecords(run)
      .filter((record) => record.hook === 'on_task_end')
      .map((record) => record.data.log)
    for (const name of logsOf(run)) {
      const log = await openLog(join(folder, name))
      await log.close()
      const same = live.find((other) => other.eval.eval_id === log.header.eval.eval_id)
      // Live, Inspect adds this default when it reads an .eval back, and not with .json.
      const withDefaults = (header: EvalLog) => ({ ...header, eval: { solver_args_passed: {}, ...header.eval } })
      if (same !== undefined) expect(withDefaults(log.header)).toStrictEqual(withDefaults(same))
    }
  })
})
