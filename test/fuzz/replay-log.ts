import { hash } from 'node:crypto'
import { join } from 'node:path'
import { messageOf } from '../../src/errors.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { toRecord } from '../../src/hooks/wire.ts'
import { stringify } from '../../src/inspect/json.ts'
import { Masker } from '../../src/masking/masker.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings, type TelemetrySettings } from '../../src/telemetry/settings.ts'
import { replay } from '../../src/sources/replay.ts'
import type { Item } from '../../src/delivery/item.ts'
import { faultOf } from './valid-item.ts'

export interface ReplayedSample {
  readonly evalId: string
  /** `ID_epoch_N`. */
  readonly key: string
  /** Digest of all items of its trace; one that comes twice is delivered once. */
  readonly digest: string
}

/** What came of a log. */
export interface Replayed {
  /** By trace. */
  readonly samples: ReadonlyMap<string, ReplayedSample>
  readonly tasks: ReadonlyMap<string, { readonly taskId: string }>
  readonly problems: readonly { readonly code: string; readonly message: string }[]
  /** Samples that were taken for those of an earlier log. */
  readonly reused: number
  /** What must never happen: the mapping threw, an item that the types do not allow. */
  readonly faults: readonly string[]
}

/** How much is made of a log: spans as by default; all that they can hold; records of its events as well. */
export const extents = ['plain', 'full', 'records'] as const
export type Extent = (typeof extents)[number]

const masker = new Masker({ env: { FUZZ_API_KEY: 'correct-horse-battery-staple' } })
const full = telemetrySettings(
  {
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT',
    OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental',
    OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs/dup',
  },
  masker,
)
const settings: { readonly [extent in Extent]: TelemetrySettings } = {
  plain: telemetrySettings({}),
  full,
  records: full,
}

/** Replays a log, or a folder of them, and maps all of it. */
export async function replayLog(folder: string, input: string, extent: Extent): Promise<Replayed> {
  const mapping = new Mapping(settings[extent])
  const lines = new Map<string, string[]>()
  const roots: { object: string; evalId: string; key: string }[] = []
  const tasks = new Map<string, { taskId: string }>()
  const problems: { code: string; message: string }[] = []
  const faults = new Set<string>()
  let reused = 0
  const take = (items: readonly Item[]): void => {
    for (const item of items) {
      const fault = faultOf(item)
      if (fault !== undefined) faults.add(fault)
      const measurements = JSON.stringify(item.measurements ?? [])
      const line = `${item.kind} ${item.id} ${item.digest} ${measurements}`
      const known = lines.get(item.object)
      if (known) known.push(line)
      else lines.set(item.object, [line])
    }
  }
  // Records of an event log go where those of a live run go, and whoever emits them tells of what cannot be mapped.
  const isLive = input.endsWith('.jsonl')
  const guard = (what: string, run: () => void): void => {
    try {
      run()
    } catch (error) {
      if (isLive) problems.push({ code: 'BAD_LOG', message: `${folder}: an event of ${what} cannot be mapped` })
      else faults.add(`${what} threw: ${messageOf(error)}${placeOf(error)}`)
    }
  }
  // Where the databases of running samples are looked for.
  process.env['XDG_DATA_HOME'] = join(folder, 'data')
  const events = replay([join(folder, input)], {
    onProblem: ({ code, message }) => void problems.push({ code, message }),
    to: {
      taskLog: (log) => guard('taskLog', () => take(mapping.taskLog(log).items)),
      sampleReused(log) {
        reused += 1
        guard('sampleReused', () => mapping.sampleReused(log))
      },
    },
  })
  try {
    for await (const event of events) {
      if (extent === 'records') guard(`a record of ${event.hook}`, () => writeRecord(event))
      guard(event.hook, () => {
        const { items } = mapping.map(event)
        take(items)
        if (event.hook === 'onTaskStart') tasks.set(event.data.eval_id, { taskId: event.data.spec.task_id })
        const root = items.find((item) => item.subject !== undefined)
        if (event.hook === 'onSampleEnd' && root) {
          const { id, epoch } = event.data.sample
          roots.push({ object: root.object, evalId: event.data.eval_id, key: `${id}_epoch_${epoch}` })
        }
      })
    }
  } catch (error) {
    faults.add(`replay threw: ${messageOf(error)}${placeOf(error)}`)
  }
  guard('seal', () => take(mapping.seal([0, 0]).items))
  const samples = roots.map(({ object, evalId, key }): [string, ReplayedSample] => [
    object,
    { evalId, key, digest: hash('sha1', [...new Set(lines.get(object))].toSorted().join('\n'), 'hex') },
  ])
  return { samples: new Map(samples), tasks, problems, reused, faults: [...faults] }
}

/** As `--events` does it, which tells of an event that is nested too deeply for that and leaves it out. */
function writeRecord(event: HookEvent): void {
  const record = toRecord(event)
  try {
    stringify({ ...record, data: masker.data(record.data) })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}

/** Where in our source something was thrown. */
function placeOf(error: unknown): string {
  const place =
    error instanceof Error ? /\((?:file:\/\/)?[^()]*\/(src\/[^()]+)\)/.exec(error.stack ?? '')?.[1] : undefined
  return place === undefined ? '' : ` (${place})`
}
