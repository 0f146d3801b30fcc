import { Emitter } from '../../hooks/emitter.ts'
import type { ChatMessage, GenerateConfig, ToolChoice, ToolInfo } from '../../inspect/records.ts'
import { activeSample, type ActiveSample } from '../sample/active.ts'
import { timestamp } from '../clock.ts'
import type { Semaphore } from '../semaphore.ts'
import { shortUuid } from '../short-uuid.ts'
import { completeOutput, type CompleteOutput } from '../sample/task-state.ts'
import { cacheOf, type CachePolicy } from './cache-policy.ts'
import { inheritedMechanics } from './call-mechanics.ts'
import { toGenerateConfig, type GenerateSettings } from '../options/generate-config.ts'
import { ModelAttempts } from './model-attempts.ts'
import type { ModelCost } from './model-cost.ts'
import type { ModelApi } from './model-api.ts'
import { ModelRefusalError } from './refusal.ts'

export interface ModelOptions {
  /** What it is there for: `grader`. */
  readonly role?: string | undefined
  /** In Inspect's names. What a call gives goes before. */
  readonly config?: GenerateConfig | undefined
  /** Calls under way at once, when the settings do not say. */
  readonly connections?: number | undefined
  /** Undefined where its price is not known. */
  readonly cost?: ModelCost | undefined
  /** For the cache: its address, or what number it has among models of its name without one. */
  readonly server?: string | number | undefined
}

/** One call, on top of the model's own settings. */
export interface CallOptions {
  readonly tools?: readonly ToolInfo[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  /** As `generate()` has it: `{ maxTokens: 5 }`. */
  readonly config?: GenerateSettings | undefined
  readonly cache?: boolean | CachePolicy | undefined
  /** Ends the call and its retries, as does the end of the sample. */
  readonly signal?: AbortSignal | undefined
}

/** A model that calls hooks and keeps to limits, retries what may pass, and remembers answers. */
export class Model {
  readonly api: ModelApi
  readonly role: string | undefined
  readonly config: GenerateConfig
  readonly cost: ModelCost | undefined
  readonly server: string | number | undefined
  readonly #connections: Semaphore

  constructor(api: ModelApi, connections: Semaphore, { role, config = {}, cost, server }: ModelOptions = {}) {
    this.api = api
    this.role = role
    this.config = config
    this.cost = cost
    this.server = server
    this.#connections = connections
  }

  /** `provider/model`. */
  get name(): string {
    return `${this.api.provider}/${this.api.model}`
  }

  /** How many calls may be under way at once. */
  get connections(): number {
    return this.#connections.places
  }

  /** Rejects with what the last attempt failed with, a `LimitExceededError`, or the reason of the signal. */
  async generate(input: string | readonly ChatMessage[], options: CallOptions = {}): Promise<CompleteOutput> {
    const sample = activeSample()
    const ofSample = sample?.signal ?? new AbortController().signal
    const signal = options.signal ? AbortSignal.any([ofSample, options.signal]) : ofSample
    const config = { ...this.config, ...inherited(this, sample), ...toGenerateConfig(options.config) }
    const messages = typeof input === 'string' ? [{ id: shortUuid(), content: input, role: 'user' as const }] : input
    sample?.limits.messages(messages.length, true)
    const place = sample?.transcript.place() ?? { timestamp: timestamp(), working_start: 0 }
    const acquire = (): Promise<void> => this.#connections.acquire(signal)
    await (sample ? sample.clock.wait(acquire) : acquire())
    try {
      const attempts = new ModelAttempts({
        model: this,
        emitter: sample?.emitter ?? new Emitter(),
        sample,
        signal,
        input: [...systemMessage(config), ...messages],
        ...chosenTools(options),
        config,
        cache: options.cache ?? cacheOf(config['cache']),
      })
      const { output: answer, event } = await attempts.run()
      const output = completeOutput(answer)
      sample?.limits.turn()
      if (event) {
        // As in Inspect the event of a call begins when it began to wait for a connection, and ends after all retries.
        Object.assign(event, place, { completed: timestamp(), working_time: output.time ?? 0 })
        sample?.transcript.changed(event)
      }
      if (config['fail_on_refusal'] === true && output.choices[0]?.stop_reason === 'content_filter') {
        throw new ModelRefusalError(output, this)
      }
      return output
    } finally {
      this.#connections.release()
    }
  }
}

/** What the settings of the task say for a model: all to its own one, and to others how calls are made. */
function inherited(model: Model, sample: ActiveSample | undefined): GenerateConfig {
  if (!sample) return {}
  if (sample.model === model) return sample.config
  // Of refusals what a model says itself goes before.
  const isInherited = (name: string): boolean =>
    inheritedMechanics.has(name) || (name === 'fail_on_refusal' && model.config[name] === undefined)
  return Object.fromEntries(Object.entries(sample.config).filter(([name]) => isInherited(name)))
}

/** The one of the settings comes before all others. */
function systemMessage({ system_message: content }: GenerateConfig): ChatMessage[] {
  return typeof content === 'string' && content !== '' ? [{ id: shortUuid(), content, role: 'system' }] : []
}

/** The tools that the choice leaves. */
function chosenTools({ tools = [], toolChoice = 'auto' }: CallOptions) {
  const chosen = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools
  if (toolChoice === 'none' || chosen.length === 0) return { tools: [], toolChoice: 'none' as const }
  return { tools: chosen, toolChoice }
}
