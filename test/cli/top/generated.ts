import type { HookEvent, HookName } from '../../../src/index.ts'

/** 2026-11-28T12:00:00Z. */
export const start = Date.UTC(2026, 10, 28, 12)

/** An event of Inspect, so many milliseconds after the start. Fields that are of no interest are left out. */
export function event(hook: HookName, after: number, data: object): HookEvent {
  const meta = { time: new Date(start + after).toISOString(), host: 'inspect', replay: false } as const
  return { hook, data, meta } as unknown as HookEvent
}

export function usage(input: number, output: number, cost?: number) {
  return { input_tokens: input, output_tokens: output, total_tokens: input + output, total_cost: cost }
}

/** The events of one task, and of samples in it. */
export class GeneratedTask {
  readonly ids: { readonly run_id: string; readonly eval_id: string }
  readonly #packages: { readonly inspect_ai: string }

  constructor(runId: string, evalId: string, release = '0.3.285') {
    this.ids = { run_id: runId, eval_id: evalId }
    this.#packages = { inspect_ai: release }
  }

  runStart(after: number): HookEvent {
    return event('onRunStart', after, { run_id: this.ids.run_id, task_names: ['t'] })
  }

  runEnd(after: number, data: object = {}): HookEvent {
    return event('onRunEnd', after, { run_id: this.ids.run_id, exception: null, logs: [], ...data })
  }

  start(after: number, samples = 2, taskId = `task ${this.ids.eval_id}`): HookEvent {
    const spec = {
      eval_id: this.ids.eval_id,
      task: 't',
      task_id: taskId,
      model: 'fake/m',
      packages: this.#packages,
      dataset: { samples },
      config: { epochs: 1 },
    }
    return event('onTaskStart', after, { ...this.ids, spec })
  }

  end(after: number): HookEvent {
    return event('onTaskEnd', after, { ...this.ids, log: { status: 'success', eval: { eval_id: this.ids.eval_id } } })
  }

  /** Scheduled, and in its first attempt. */
  sampleStart(after: number, uuid: string): HookEvent[] {
    const data = { ...this.ids, sample_id: uuid, summary: { id: `id ${uuid}`, epoch: 1 } }
    return [event('onSampleInit', after, data), event('onSampleAttemptStart', after, { ...data, attempt: 1 })]
  }

  sampleEnd(after: number, uuid: string, sample: object = {}): HookEvent {
    return event('onSampleEnd', after, {
      ...this.ids,
      sample_id: uuid,
      sample: { id: `id ${uuid}`, epoch: 1, ...sample },
    })
  }

  /** Before a call with messages of these ids, by an attempt whose own id is `attempt`. */
  beforeCall(after: number, attempt: string, messages: readonly string[]): HookEvent {
    const input = messages.map((id) => ({ id, role: 'user', content: 'secret words' }))
    return event('onBeforeModelGenerate', after, { ...this.ids, sample_id: attempt, model_name: 'fake/m', input })
  }

  modelEvent(after: number, uuid: string, id: string, messages: readonly string[], data: object = {}): HookEvent {
    const input = messages.map((each) => ({ id: each, role: 'user', content: 'secret words' }))
    const model = { event: 'model', uuid: id, model: 'fake/m', input, output: { usage: usage(90, 10) }, ...data }
    return event('onSampleEvent', after, { ...this.ids, sample_id: uuid, event: model })
  }

  usage(after: number, tokens: ReturnType<typeof usage>): HookEvent {
    return event('onModelUsage', after, {
      ...this.ids,
      model_name: 'fake/m',
      usage: tokens,
      call_duration: 1,
      retries: 0,
    })
  }

  retry(after: number, data: object): HookEvent {
    return event('onModelRetry', after, { ...this.ids, model_name: 'm', attempt: 1, wait_time: 1, ...data })
  }
}
