import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { fromRecord, type HookEvent } from '../../src/index.ts'
import { parse } from '../../src/inspect/json.ts'
import { openLog } from '../../src/inspect/log.ts'
import { Child, evalspan, eventually, startEvalspan, type Variables } from '../faults/child-process.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import type { EvalRun } from './child/eval.ts'
import { streamProblems } from './hooks/stream-problems.ts'
import { sequence } from './recorder.ts'

const hasScript = spawnSync('script', ['--version']).status === 0
const program = join(import.meta.dirname, 'child/eval.ts')

/** What a program leaves behind, gone after its test. */
class Place implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'evalspan-signals-'))
  readonly receiver: HttpReceiver

  private constructor(receiver: HttpReceiver) {
    this.receiver = receiver
  }

  static async make(): Promise<Place> {
    return new Place(await HttpReceiver.start())
  }

  get variables(): Variables {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: this.receiver.url,
      EVALSPAN_OUTBOX: join(this.folder, 'outbox'),
      EVALSPAN_EVENT_LOG: join(this.folder, 'events.jsonl'),
    }
  }

  start(run: Omit<EvalRun, 'logDir'> = {}): Child {
    return new Child([process.execPath, program, JSON.stringify({ ...run, logDir: this.folder })], this.variables)
  }

  /** On a terminal of its own, which has what it writes, on both streams, as `stdout`; keys are written to `stdin`. */
  startOnTerminal(run: Omit<EvalRun, 'logDir'>): Child {
    const command = [process.execPath, program, `'${JSON.stringify({ ...run, logDir: this.folder })}'`].join(' ')
    return new Child(['script', '-qec', command, '/dev/null'], { ...this.variables, SHELL: '/bin/sh' })
  }

  /** All events, in their order. */
  get events(): HookEvent[] {
    const lines = readFileSync(join(this.folder, 'events.jsonl'), 'utf8').trim().split('\n')
    return lines.map((line) => fromRecord(parse(line), { replay: false }))
  }

  get spanNames(): unknown[] {
    return this.receiver.parts('traces').map(({ name }) => name)
  }

  /** The status of the log, and what became of the samples in it. */
  async logged(): Promise<unknown> {
    const name = readdirSync(this.folder).find((each) => each.endsWith('.eval'))
    const log = await openLog(join(this.folder, name!))
    const samples: unknown[] = []
    for await (const entry of log.samples()) {
      if ('sample' in entry) samples.push([entry.sample.id, entry.sample.error?.message])
    }
    await log.close()
    return [log.header.status, samples]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function until(child: Child, text: string): Promise<void> {
  await eventually(`${text} of ${child.stderr}`, () => child.stdout.includes(text) || child.isOver)
}

const cancelled = [
  'cancelled',
  [
    [1, undefined],
    [2, 'CancelledError()'],
  ],
]

describe.concurrent('a program that evaluates', () => {
  it.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends by %s when its log, its hooks and its spans are in order', async ([signal, code], { expect }) => {
    await using place = await Place.make()
    const child = place.start()
    await until(child, 'begun')
    child.kill(signal)
    const ended = await child.ended
    expect([ended.code, ended.stderr]).toEqual([code, ''])
    expect(ended.stdout).not.toContain('after')
    expect(await place.logged()).toEqual(cancelled)
    expect(streamProblems(place.events)).toEqual([])
    expect(sequence(place.events).slice(-5)).toEqual([
      'SampleScoring',
      'SampleAttemptEnd 1 error',
      'SampleEnd',
      'TaskEnd',
      'RunEnd',
    ])
    // Nothing waits for another command to send it.
    const names = place.spanNames
    expect(names).toEqual(expect.arrayContaining(['eval_run', 'eval_task arithmetic', 'eval_attempt']))
    expect(names.filter((name) => name === 'eval_sample arithmetic')).toHaveLength(2)
    const { destinations } = JSON.parse((await evalspan(['status', '--json'], place.variables)).stdout) as {
      destinations: { waiting: number }[]
    }
    expect(destinations.map(({ waiting }) => waiting)).toEqual(destinations.map(() => 0))
  })

  it('ends at once by a second signal', async ({ expect }) => {
    await using place = await Place.make()
    const child = place.start({ stuck: true })
    await until(child, 'begun')
    child.kill('SIGINT')
    await until(child, 'stuck')
    const sent = performance.now()
    child.kill('SIGINT')
    const ended = await child.ended
    expect(ended.code).toBe(130)
    expect(performance.now() - sent).toBeLessThan(2000)
    // The log was finished before.
    expect(await place.logged()).toEqual(cancelled)
  })

  it('is told when nothing is left that could go on, and has its ends', async ({ expect }) => {
    await using place = await Place.make()
    const ended = await place.start({ waitsForNothing: true }).ended
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).toContain('nothing is left that could go on')
    expect(ended.stdout).toContain('{"statuses":["cancelled"]}')
    expect(await place.logged()).toEqual(cancelled)
    expect(streamProblems(place.events)).toEqual([])
  })

  it.skipIf(!hasScript)('ends in order by Ctrl-C on a terminal in its second run, too', async ({ expect }) => {
    await using place = await Place.make()
    const child = place.startOnTerminal({ second: true })
    await until(child, 'begun')
    child.process.stdin?.write('\u0003')
    const ended = await child.ended
    // The first run has drawn its progress, on a terminal without a size in lines of the usual width.
    expect(ended.stdout.split('before')[0]).toContain('1 sample of 2 done')
    expect(ended.code).toBe(130)
    expect(await place.logged()).toEqual(cancelled)
    expect(readdirSync(place.folder).filter((name) => name === '.buffer')).toEqual([])
  })

  it('goes on where it has a listener of its own', async ({ expect }) => {
    await using place = await Place.make()
    const child = place.start({ ownListener: true })
    await until(child, 'begun')
    child.kill('SIGINT')
    const ended = await child.ended
    expect([ended.code, ended.stdout.includes('heard'), ended.stdout.includes('after')]).toEqual([0, true, true])
    expect(ended.stdout).toContain('{"statuses":["success"]}')
  })
})

describe.concurrent('evalspan eval', () => {
  it('ends in order by Ctrl-C, with the exit code of the signal and an account', async ({ expect }) => {
    await using place = await Place.make()
    const index = join(import.meta.dirname, '../../src/index.ts')
    const file = join(place.folder, 'slow.eval.ts')
    writeFileSync(
      file,
      `import { writeSync } from 'node:fs'
       import { setTimeout as sleep } from 'node:timers/promises'
       import { generate, mockModel, task } from ${JSON.stringify(index)}
       const model = mockModel(async (input) => {
         if (input[0].content === 'quick') return '1'
         writeSync(1, 'begun\\n')
         return sleep(60_000, 'late')
       })
       export const arithmetic = task({
         name: 'arithmetic', model, solver: generate(),
         dataset: [{ id: 1, input: 'quick' }, { id: 2, input: 'slow' }],
       })`,
    )
    const child = startEvalspan(['eval', file, '--log-dir', place.folder, '--max-samples', '1'], place.variables)
    await until(child, 'begun')
    const sent = performance.now()
    child.kill('SIGINT')
    const ended = await child.ended
    // The model goes on with its answer for a minute.
    expect(performance.now() - sent).toBeLessThan(8000)
    expect([ended.code, ended.stderr.split('\n').filter((line) => /error/i.test(line))]).toEqual([130, []])
    expect(await place.logged()).toEqual(cancelled)
    expect(streamProblems(place.events)).toEqual([])
    expect(place.spanNames).toContain('eval_task arithmetic')
  })
})
