import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from '../../src/inspect/json.ts'
import type { EvalSample } from '../../src/inspect/records.ts'
import { EvalLogWriter } from '../../src/runner/log/eval-log-writer.ts'
import { logText } from '../../src/runner/log/log-text.ts'
import { readIds } from '../inspect/read-all.ts'
import { killedAfter } from '../runner/log/killed-writer.ts'
import { logOf, plan, sampleOf, specOf } from '../runner/log/log-parts.ts'
import { RandomSamples } from '../runner/log/random-sample.ts'
import { temporaryFolder } from '../inspect/temporary-file.ts'
import { describeWithInspect, inspectCommand, outputOf, pythonCommand } from './inspect-python.ts'

/** What `read_written.py` says. */
interface Readings {
  /** Names of files with what Inspect takes from them, the task and its id. */
  readonly listed: readonly (readonly string[])[]
  /** By `inspect view`: names of files, and how many samples the log has. */
  readonly viewed: readonly [readonly string[], number]
  readonly status: string
  readonly header: object
  readonly read: readonly unknown[]
  readonly alone: readonly unknown[]
  readonly expected: readonly unknown[]
  readonly stored: readonly unknown[]
  readonly condensed: readonly unknown[]
  readonly summaries: readonly unknown[]
  readonly expected_summaries: readonly unknown[]
  readonly reductions: readonly unknown[]
}

async function readByInspect(path: string, samples: readonly EvalSample[]): Promise<Readings> {
  const expected = join(temporaryFolder(), 'expected.json')
  writeFileSync(expected, logText({ samples }))
  return parse(await outputOf(pythonCommand('read_written.py', path, expected))) as Readings
}

/** What Inspect read is what was written, and stored as it would have stored it. */
function expectSame(readings: Readings, count: number): void {
  expect(readings.expected).toHaveLength(count)
  expect(readings.alone).toEqual(readings.expected)
  expect(readings.stored).toEqual(readings.condensed)
  expect(readings.summaries).toEqual(readings.expected_summaries)
}

const odd = ['we/ird id:é', '💡', '../up', 'a_epoch_1']

function oddSamples(): EvalSample[] {
  const long = 'word '.repeat(2000)
  return [
    ...Array.from({ length: 30 }, (_, index) => new RandomSamples(index).sample(index + 1)),
    ...odd.map((id) => sampleOf(id)),
    sampleOf(31, {
      epoch: 2,
      scores: { judge: { value: Number.NaN, explanation: long, metadata: { long, half: '\ud83d' } } },
    }),
    sampleOf(32, {
      target: ['one', 'other'],
      choices: ['a', 'b'],
      metadata: { long, list: [long], none: null, deep: { none: null } },
      error: { message: 'ValueError()', traceback: 'Traceback', traceback_ansi: 'Traceback' },
      limit: { type: 'token', limit: 10, reason: 'Token limit exceeded.' },
      error_retries: [{ message: 'first', traceback: '', traceback_ansi: '' }],
      model_usage: { 'openai/gpt-9': { input_tokens: 3, output_tokens: 2, total_tokens: 5 } },
      turn_count: 1,
      token_limit: 4,
      token_limit_type: 'all',
      token_limit_usage: 5,
      message_limit: 9,
      time_limit: 60,
    }),
  ]
}

describeWithInspect('a log that evalspan writes', () => {
  it('is for Inspect what was written when it is finished', async () => {
    const spec = specOf({ task: 'my_evals/bug_hunt' })
    const samples = oddSamples()
    const writer = await EvalLogWriter.create({ folder: temporaryFolder(), spec, plan })
    for (const sample of samples) await writer.sample(sample)
    const reductions = [{ scorer: 'match', reducer: 'mean', samples: [{ value: 1, sample_id: 1 }] }]
    await writer.finish(logOf(spec), reductions)
    const readings = await readByInspect(writer.path, samples)
    expectSame(readings, samples.length)
    // Inspect has them by epoch and id.
    expect(new Set(readings.read.map(logText))).toEqual(new Set(readings.expected.map(logText)))
    expect(readings.status).toBe('success')
    expect(readings.listed).toEqual([[basename(writer.path), 'bug-hunt', spec.task_id]])
    expect(readings.viewed).toEqual([[basename(writer.path)], samples.length])
    expect(readings.header).toMatchObject({ ...logOf(spec), eval: { ...spec, config: { epochs: 1 } } })
    expect(readings.reductions).toMatchObject(reductions)
    const dumped = parse(await outputOf(inspectCommand('log', 'dump', writer.path))) as { samples: unknown[] }
    expect(dumped.samples).toHaveLength(samples.length)
  })

  it('is for Inspect what was flushed as long as the run goes on, and can be recovered when it stops', async () => {
    const samples = oddSamples().slice(0, 4)
    const writer = await EvalLogWriter.create({ folder: temporaryFolder(), spec: specOf(), plan, flushEvery: 2 })
    const atFirst = await readByInspect(writer.path, [])
    expect([atFirst.status, atFirst.read, atFirst.summaries]).toEqual(['started', [], []])
    for (const sample of samples) await writer.sample(sample)
    await writer.sample(sampleOf('waits'))
    const readings = await readByInspect(writer.path, samples)
    expectSame(readings, 4)
    expect(readings.read).toEqual(readings.expected)
    expect(readings.status).toBe('started')
    // Inspect recovers nothing of which it has no buffer; the one of a process that is gone will do.
    const env = { XDG_DATA_HOME: temporaryFolder() }
    await outputOf(pythonCommand('begin_buffer.py', writer.path, 'began'), env)
    await outputOf(inspectCommand('log', 'recover', writer.path), env)
    const recovered = writer.path.replace('.eval', '-recovered.eval')
    const after = await readByInspect(recovered, samples)
    expect([after.status, after.alone]).toEqual(['error', after.expected])
    expect(await readIds(recovered)).toEqual([1, 2, 3, 4, 'began'])
    await writer.close()
  })

  it('is for Inspect what was flushed when its writer was killed', async () => {
    for (const ms of [11, 64]) {
      const { path, told, samples } = await killedAfter(ms)
      const readings = await readByInspect(path, samples.slice(0, told))
      expect(readings.status).toBe('started')
      expect(readings.alone).toEqual(readings.expected)
      expect(readings.viewed).toEqual([[basename(path)], readings.read.length])
      expect([told, told + 1]).toContain(readings.read.length)
    }
  })
})
