import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import type { EvalspanError } from '../../src/errors.ts'
import { fromRecord } from '../../src/hooks/wire.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { findBuffers, type BufferPlace } from '../../src/inspect/buffer/find-buffers.ts'
import { parse } from '../../src/inspect/json.ts'
import type { EvalLog } from '../../src/inspect/records.ts'
import { RunningSamples, type RunningSamplesOptions } from '../../src/sources/running-samples.ts'
import { temporaryFolder, type WrittenBuffer } from '../inspect/buffer/written-buffer.ts'
import { at, spec } from '../telemetry/stream.ts'

const folder = join(import.meta.dirname, '../fixtures/buffer')

/** A real run: its buffer at one moment after another, its log afterwards, and what its hooks were given. */
export class RecordedRun {
  readonly log: string
  readonly place: BufferPlace
  readonly #name: string

  constructor(name: string) {
    this.#name = name
    this.log = join(folder, `${name}.eval`)
    const path = join(temporaryFolder(), `${name}.db`)
    this.place = { kind: 'database', path, pid: 2 ** 22 + 1, alive: false, written: 0 }
    this.goTo(1)
  }

  goTo(moment: number): void {
    writeFileSync(this.place.path, gunzipSync(readFileSync(join(folder, `${this.#name}.${moment}.db.gz`))))
  }

  /** As if its run had crashed a while ago. */
  age(): void {
    utimesSync(this.place.path, 0, 0)
  }

  live(): HookEvent[] {
    const lines = gunzipSync(readFileSync(join(folder, `${this.#name}.hooks.jsonl.gz`)))
      .toString()
      .trim()
      .split('\n')
    return lines.map((line) => fromRecord(parse(line), { replay: true }))
  }
}

export function headerOf(config: EvalLog['eval']['config'] = {}): EvalLog {
  const plan = { name: 'plan', steps: [] }
  return { version: 2, status: 'started', eval: { ...spec, config }, plan, stats: { started_at: at(0) } }
}

export interface Running {
  readonly samples: RunningSamples
  readonly problems: EvalspanError[]
  /** What is new. */
  readonly update: () => Promise<HookEvent[]>
}

export function runningAt(place: BufferPlace, options: Partial<RunningSamplesOptions> = {}): Running {
  const problems: EvalspanError[] = []
  const samples = new RunningSamples(place, {
    log: headerOf(),
    leaveOut: () => false,
    onProblem: (error) => problems.push(error),
    ...options,
  })
  onTestFinished(() => samples.close())
  const update = async (): Promise<HookEvent[]> => {
    const events: HookEvent[] = []
    for await (const batch of samples.update()) events.push(...batch)
    return events
  }
  return { samples, problems, update }
}

export async function runningIn(
  written: Pick<WrittenBuffer, 'logPath' | 'env'>,
  options: Partial<RunningSamplesOptions> = {},
): Promise<Running> {
  const [place] = await findBuffers(written.logPath, written.env)
  return runningAt(place!, options)
}

export const count = (events: readonly HookEvent[], hook: string): number =>
  events.filter((event) => event.hook === hook).length

/** What was fired, in short. */
export const told = (events: readonly HookEvent[]): string[] =>
  events.map(({ hook, data }) => {
    if (hook === 'onSampleAttemptStart') return `attempt ${data.attempt}`
    if (hook !== 'onSampleEvent') return hook
    const { event } = data
    if (event.event === 'span_begin') return `${event.event} ${event.name}`
    return event.event === 'span_end' ? `${event.event} ${event.id}` : event.event
  })
