import type { Item } from '../../src/delivery/item.ts'
import type { HookData, HookEvent, HookName } from '../../src/hooks/hooks.ts'
import type { EvalLog, EvalSample, EvalSpec, Event } from '../../src/inspect/records.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'

/** Events written by hand. Times are seconds after 12:00:00 UTC of a day in 2026. */
export function at(seconds: number): string {
  const micros = Math.round(seconds * 1e6)
  const clock = new Date(Date.UTC(2026, 0, 1, 12) + Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19)
  return `${clock}.${String(micros % 1e6).padStart(6, '0')}+00:00`
}

export const spec: EvalSpec = {
  eval_id: 'eval1',
  run_id: 'run1',
  created: at(0),
  task: 'sums',
  task_id: 'task1',
  task_version: 0,
  dataset: { samples: 1 },
  model: 'openai/gpt-9',
  config: {},
}

const ids = { eval_set_id: null, run_id: 'run1', eval_id: 'eval1' }
export const sampleIds = { ...ids, sample_id: 'uuid1' }
export const summary = { id: 1, epoch: 1, uuid: 'uuid1' }

export function fire<N extends HookName>(hook: N, data: HookData<N>, seconds: number): HookEvent {
  return { hook, data, meta: { time: at(seconds), host: 'evalspan', replay: false } } as unknown as HookEvent
}

export const begin = (id: string, name: string, type: string, seconds: number, parent_id?: string): Event => ({
  event: 'span_begin',
  id,
  name,
  type,
  parent_id,
  span_id: id,
  uuid: `begin-${id}`,
  timestamp: at(seconds),
})

export const end = (id: string, seconds: number): Event => ({
  event: 'span_end',
  id,
  span_id: id,
  uuid: `end-${id}`,
  timestamp: at(seconds),
})

export const model = (uuid: string, from: number, to: number | undefined, more: object = {}): Event => ({
  event: 'model',
  uuid,
  span_id: 'solver',
  timestamp: at(from),
  completed: to === undefined ? undefined : at(to),
  model: 'openai/gpt-9',
  input: [{ role: 'user', content: 'a secret question' }],
  output: {
    model: 'gpt-9-2026',
    choices: [{ message: { role: 'assistant', content: 'a secret answer' }, stop_reason: 'stop' }],
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  },
  ...more,
})

export const tool = (uuid: string, name: string, from: number, to: number, more: object = {}): Event => ({
  event: 'tool',
  uuid,
  span_id: 'solver',
  timestamp: at(from),
  completed: at(to),
  id: `call-${uuid}`,
  function: name,
  arguments: { secret: 'argument' },
  result: 'a secret result',
  ...more,
})

/** `solvers` and in it one solver, around these events. */
export function solving(events: readonly Event[], until = 9): Event[] {
  return [
    begin('solvers', 'solvers', 'solvers', 1),
    begin('solver', 'generate', 'solver', 1, 'solvers'),
    ...events,
    end('solver', until),
    end('solvers', until),
  ]
}

export function sampleOf(events: readonly Event[], more: Partial<EvalSample> = {}): EvalSample {
  return {
    ...summary,
    input: 'a secret input',
    target: 'a secret target',
    messages: [],
    events,
    started_at: at(1),
    completed_at: at(10),
    ...more,
  }
}

export interface Play {
  /** As they arrive live; those of the sample when left out. */
  readonly live?: readonly Event[]
  readonly before?: readonly HookEvent[]
  readonly env?: NodeJS.ProcessEnv
  readonly log?: Partial<EvalLog>
}

/** One run of one task with one sample and one attempt. */
export function play(sample: EvalSample, { live = sample.events, before = [], env = {}, log }: Play = {}): Item[] {
  const header: EvalLog = {
    version: 2,
    status: 'success',
    eval: spec,
    plan: { name: 'plan', steps: [] },
    stats: { started_at: at(0), completed_at: at(10) },
    ...log,
  }
  return mapAll(
    [
      fire('onRunStart', { ...ids, task_names: ['sums'] }, 0),
      fire('onTaskStart', { ...ids, spec, plan: header.plan }, 0),
      fire('onSampleInit', { ...sampleIds, summary }, 0.5),
      fire('onSampleStart', { ...sampleIds, summary }, 1),
      fire('onSampleAttemptStart', { ...sampleIds, summary, attempt: 1 }, 1),
      ...before,
      ...live.map((event) => fire('onSampleEvent', { ...sampleIds, event }, 9)),
      fire(
        'onSampleAttemptEnd',
        { ...sampleIds, summary, attempt: 1, error: sample.error ?? null, will_retry: false },
        10,
      ),
      fire('onSampleEnd', { ...sampleIds, sample }, 10),
      fire('onTaskEnd', { ...ids, log: header }, 10),
      fire('onRunEnd', { ...ids, exception: null, logs: [header] }, 10),
    ],
    env,
  )
}

export function mapAll(events: readonly HookEvent[], env: NodeJS.ProcessEnv = {}): Item[] {
  const mapping = new Mapping(telemetrySettings(env))
  return events.flatMap((event) => mapping.map(event).items)
}
