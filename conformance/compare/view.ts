import * as describe from './describe.ts'
import type { Fields, Fired } from './fired.ts'

/** One thing that is compared: what it is, by which it is found in the other run, and its details. */
export interface Entry {
  readonly what: string
  readonly details: Fields
}

/** What was fired, taken apart into lists that are in order, under names that are the same in both runs. */
export type View = ReadonlyMap<string, readonly Entry[]>

export interface ViewOptions {
  /** False: it is not known which sample called a model, so the calls of a task are compared all together. */
  readonly callsBySample: boolean
}

export function viewOf(fired: readonly Fired[], options: ViewOptions): View {
  const builder = new ViewBuilder(options)
  for (const each of fired) builder.add(each)
  return builder.finish()
}

class ViewBuilder {
  readonly #sections = new Map<string, Entry[]>()
  readonly #tasks = new Map<string, string>()
  readonly #seen = new Map<string, number>()
  readonly #samples = new Map<string, string>()
  readonly #attempts = new Map<string, number>()
  readonly #spans = new Map<string, string>()
  readonly #options: ViewOptions
  #run = 0

  constructor(options: ViewOptions) {
    this.#options = options
  }

  add({ hook, data, sample }: Fired): void {
    const name = hook.slice(3)
    switch (name) {
      case 'eval_set_start':
      case 'eval_set_end':
        return this.#put('runs', name, {})
      case 'run_start':
        this.#run += 1
        return this.#put('runs', name, { task_names: data['task_names'], in_set: data['eval_set_id'] !== undefined })
      case 'run_end':
        return this.#put('runs', name, {
          exception: describe.exception(data['exception']),
          logs: data['logs'].map(describe.log),
        })
      case 'task_start': {
        const { task, model } = data['spec']
        this.#put('runs', `task_start ${task} with ${model}`, {})
        this.#tasks.set(data['eval_id'], this.#unique(`run ${this.#run}, task ${task} with ${model}`))
        return this.#put(this.#task(data), name, describe.taskStart(data))
      }
      case 'task_end':
        return this.#put(this.#task(data), name, describe.log(data['log']))
      case 'sample_event':
        return this.#delivery(data)
      case 'before_model_generate':
      case 'model_usage':
      case 'model_cache_usage':
      case 'model_retry':
        return this.#modelCall(name, data, sample)
      default:
        return this.#sampleHook(name, data)
    }
  }

  finish(): View {
    for (const [name, entries] of this.#sections) {
      // Samples run at the same time.
      if (name.endsWith(' calls')) entries.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    }
    return this.#sections
  }

  #sampleHook(name: string, data: Fields): void {
    const uuid: string = data['sample_id']
    if (name === 'sample_init' || !this.#samples.has(uuid)) {
      const { id, epoch } = data['summary'] ?? data['sample'] ?? { id: '?', epoch: 0 }
      this.#samples.set(uuid, this.#unique(`${this.#task(data)}, sample ${JSON.stringify(id)} epoch ${epoch}`))
    }
    const sample = this.#samples.get(uuid)!
    const { attempt, error, will_retry: willRetry, summary } = data
    const hooks = `${sample} hooks`
    switch (name) {
      case 'sample_attempt_start':
        this.#attempts.set(uuid, attempt)
        return this.#put(hooks, `${name} ${attempt}`, {})
      case 'sample_attempt_end':
        return this.#put(hooks, `${name} ${attempt}`, { will_retry: willRetry, error: describe.errorText(error) })
      case 'sample_end': {
        this.#put(hooks, name, describe.sampleEnd(data['sample']))
        return this.#events(sample, data['sample'])
      }
      default:
        return this.#put(hooks, name, summary ? describe.summary(summary) : {})
    }
  }

  #events(sample: string, { events = [], error_retries: retries = [] }: Fields): void {
    for (const event of events) this.#event(`${sample} events`, event)
    for (const [index, { events: earlier = [] }] of retries.entries()) {
      for (const event of earlier) this.#event(`${sample} events before retry ${Number(index) + 1}`, event)
    }
  }

  #event(section: string, event: Fields): void {
    this.#nameSpan(event)
    this.#put(section, describe.eventName(event), describe.eventDetails(event, this.#spans))
  }

  #delivery(data: Fields): void {
    const uuid: string = data['sample_id']
    const { event } = data
    this.#nameSpan(event)
    const of = event['event'] === 'span_end' ? ` ${this.#spans.get(event['id'])}` : ''
    const section = `${this.#samples.get(uuid) ?? uuid} attempt ${this.#attempts.get(uuid)} deliveries`
    this.#put(section, describe.eventName(event) + of, {})
  }

  #nameSpan({ event, id, name }: Fields): void {
    if (event === 'span_begin') this.#spans.set(id, name)
  }

  #modelCall(name: string, data: Fields, uuid: string | undefined): void {
    const { model_name: model, usage, cache, input, tools = [], tool_choice: choice, config } = data
    const asked = input && {
      input: describe.messages(input),
      tools: tools.map((tool: Fields) => tool['name']),
      tool_choice: choice,
      config,
      task: data['task_name'],
    }
    const { retries, attempt, wait_time: wait, exception_type: exception, status_code: status } = data
    const details = { usage, cache, ...asked, retries, attempt, wait, exception, status }
    const sample = this.#options.callsBySample && uuid !== undefined ? this.#samples.get(uuid) : undefined
    const task = data['eval_id'] === undefined ? `run ${this.#run}` : this.#task(data)
    this.#put(sample ? `${sample} hooks` : `${task} calls`, `${name} ${model}`, details)
  }

  #task(data: Fields): string {
    return this.#tasks.get(data['eval_id']) ?? `run ${this.#run}, a task that did not start`
  }

  /** The same thing may come more than once: a task that is tried again. */
  #unique(name: string): string {
    const number = (this.#seen.get(name) ?? 0) + 1
    this.#seen.set(name, number)
    return number === 1 ? name : `${name} (${number})`
  }

  #put(section: string, what: string, details: Fields): void {
    const entries = this.#sections.get(section) ?? []
    entries.push({ what, details })
    this.#sections.set(section, entries)
  }
}

function keyOf({ what, details }: Entry): string {
  return what + JSON.stringify(details)
}
