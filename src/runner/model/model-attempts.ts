import { setTimeout as sleep } from 'node:timers/promises'
import { EvalspanError, LimitExceededError } from '../../errors.ts'
import type { Emitter } from '../../hooks/emitter.ts'
import type { ModelRetry } from '../../hooks/events.ts'
import type {
  ChatMessage,
  EvalError,
  GenerateConfig,
  Json,
  ModelEvent,
  ModelOutput,
  ToolChoice,
  ToolInfo,
} from '../../inspect/records.ts'
import { orAborted } from '../abortable.ts'
import { fire, type ActiveSample } from '../sample/active.ts'
import { now } from '../clock.ts'
import { classOf, evalError } from '../eval-error.ts'
import { messageProblems } from '../sample/message-problems.ts'
import { formatTimestamp, type HrTime } from '../../time.ts'
import { longestTimer } from '../timer.ts'
import type { Draft } from '../sample/transcript.ts'
import { AttemptTimeoutError, inTime } from './attempt-timeout.ts'
import type { CachePolicy } from './cache-policy.ts'
import { KeyedApi } from './keyed-api.ts'
import { priced } from './model-cost.ts'
import type { Model } from './model.ts'
import type { CallFailure } from './model-api.ts'
import { outputOf } from './model-output.ts'
import { ResponseCache, type CacheEntry } from './response-cache.ts'
import { retryWaitMs } from './retry-wait.ts'

export interface ModelCallOptions {
  readonly model: Model
  readonly emitter: Emitter
  readonly sample: ActiveSample | undefined
  readonly signal: AbortSignal
  readonly input: ChatMessage[]
  readonly tools: readonly ToolInfo[]
  readonly toolChoice: ToolChoice
  readonly config: GenerateConfig
  readonly cache: boolean | CachePolicy
}

export interface Answer {
  readonly output: ModelOutput
  /** Undefined outside of samples. */
  readonly event: Draft<ModelEvent> | undefined
}

/** The attempts at one call, until one succeeds. */
export class ModelAttempts {
  readonly #options: ModelCallOptions
  readonly #ids: { eval_set_id: string | null; run_id: string | null; eval_id: string | null; task_name: string | null }
  readonly #policy: CachePolicy | undefined
  readonly #began = performance.now()
  /** Hooks may change it, for this attempt and those after it. */
  #input: ChatMessage[]
  #config: { -readonly [K in keyof GenerateConfig]: GenerateConfig[K] }

  constructor(options: ModelCallOptions) {
    this.#options = options
    const { sample, cache, input, config } = options
    this.#ids = {
      ...(sample?.ids ?? { eval_set_id: null, run_id: null, eval_id: null }),
      task_name: sample?.task ?? null,
    }
    this.#policy = cache === true ? {} : cache === false ? undefined : cache
    this.#input = input
    this.#config = { ...config }
  }

  async run(): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#attempt(attempt)
      if (answer) return answer
    }
  }

  /** Undefined when another attempt is to follow. */
  async #attempt(attempt: number): Promise<Answer | undefined> {
    const { model, signal, sample, toolChoice } = this.#options
    signal.throwIfAborted()
    const tools = await this.#askHooks()
    const entry = this.#cacheEntry(tools)
    const cached = entry && (await caching(() => new ResponseCache().fetch(entry)))
    if (cached) return await this.#fromCache(cached, tools)
    sample?.limits.beforeCall()
    const event = this.#event(tools, this.#policy ? 'write' : undefined)
    const keyNumber = model.api instanceof KeyedApi ? model.api.keyNumber : 0
    const start = performance.now()
    let output: ModelOutput
    try {
      const request = { input: this.#input, tools, toolChoice, config: this.#config }
      const call = (): Promise<ModelOutput> =>
        inTime(this.#config['attempt_timeout'], signal, (abortSignal) =>
          model.api.generate({ ...request, abortSignal }),
        )
      output = await (event && sample ? sample.within('event', event.uuid!, call) : call())
    } catch (error) {
      await this.#failed(error, { attempt, event, keyNumber })
      return undefined
    }
    const usage = output.usage && priced(output.usage, model.cost)
    const time = output.time ?? (performance.now() - start) / 1000
    output = withContext({ ...output, ...(usage && { usage }), time })
    if (event) {
      event.output = output
      delete event.pending
      sample?.transcript.changed(event)
    }
    await this.#countUsage(output)
    // One that was filtered may be another the next time; as in Inspect.
    const isFiltered = output.choices.some(({ stop_reason: reason }) => reason === 'content_filter')
    if (entry && !isFiltered) await caching(() => new ResponseCache().store(entry, output))
    return { output, event }
  }

  /** Gives the tools that this attempt is made with. */
  async #askHooks(): Promise<ToolInfo[]> {
    const { model, emitter, sample, tools, toolChoice } = this.#options
    const data = {
      model_name: model.name,
      input: this.#input,
      tools: structuredClone(tools) as ToolInfo[],
      tool_choice: toolChoice,
      config: this.#config,
      cache: this.#policy ? ('write' as const) : null,
      ...this.#ids,
      sample_id: sample?.uuid ?? null,
    }
    await fire(emitter, 'onBeforeModelGenerate', data)
    for (const [index, problem] of messageProblems(data.input)) {
      throw new TypeError(`input[${index}] of ${model.name} ${problem}`)
    }
    this.#input = data.input
    this.#config = data.config
    return data.tools
  }

  #cacheEntry(tools: readonly ToolInfo[]): CacheEntry | undefined {
    if (!this.#policy) return undefined
    const { model, sample, toolChoice } = this.#options
    return {
      model: model.name,
      server: model.server,
      input: this.#input,
      tools,
      toolChoice,
      config: this.#config,
      epoch: sample?.epoch,
      policy: this.#policy,
    }
  }

  async #fromCache(output: ModelOutput, tools: readonly ToolInfo[]): Promise<Answer> {
    const { model, emitter, sample } = this.#options
    const event = this.#event(tools, 'read', output)
    // It was told when it was there, and is told once more when it has its times: three times in all, as in Inspect.
    if (event) sample?.transcript.changed(event)
    if (output.usage) await fire(emitter, 'onModelCacheUsage', { model_name: model.name, usage: output.usage })
    return { output, event }
  }

  #event(
    tools: readonly ToolInfo[],
    cache: 'read' | 'write' | undefined,
    output?: ModelOutput,
  ): Draft<ModelEvent> | undefined {
    const { model, sample, toolChoice } = this.#options
    return sample?.transcript.add<ModelEvent>({
      event: 'model',
      model: model.name,
      ...(model.role !== undefined && { role: model.role }),
      input: [...this.#input],
      // What a model's own code does to them is its matter.
      tools: structuredClone(tools),
      tool_choice: toolChoice,
      config: { ...this.#config },
      output: output ?? outputOf({ content: '', model: model.name }),
      ...(cache && { cache }),
      ...(!output && { pending: true }),
    })
  }

  async #countUsage(output: ModelOutput): Promise<void> {
    const { model, emitter, sample } = this.#options
    const { usage, time = 0 } = output
    if (!usage) return
    if (sample) {
      sample.usage.add(model.name, model.role, usage)
      sample.taskUsage.add(model.name, model.role, usage)
      sample.limits.usage(usage)
    }
    const data = { model_name: model.name, usage, call_duration: time, ...this.#ids, retries: 0 }
    await fire(emitter, 'onModelUsage', data)
  }

  /** Waits for the next attempt; rejects when there is none. */
  async #failed(
    error: unknown,
    { attempt, event, keyNumber }: { attempt: number; event: Draft<ModelEvent> | undefined; keyNumber: number },
  ): Promise<void> {
    const { model, emitter, sample, signal } = this.#options
    const failure = error instanceof AttemptTimeoutError ? error.failure : model.api.failure(error)
    const keyed = model.api instanceof KeyedApi && failure.authentication ? model.api : undefined
    const isLast = signal.aborted || !(failure.retryable || keyed?.hasOverride) || this.#isExhausted(attempt)
    const waitMs = model.api.retryWaitMs?.(attempt, failure) ?? retryWaitMs(attempt, failure)
    const retry = isLast ? undefined : this.#retryData(error, failure, attempt, waitMs)
    const time = now()
    if (event) {
      const { message, traceback } = signal.aborted ? cancelledCall(signal.reason) : evalError(error)
      Object.assign(event, { error: message, traceback, ...(retry && { metadata: retryMetadata(retry, time) }) })
      delete event.pending
      sample?.transcript.changed(event)
    }
    if (signal.aborted) throw signal.reason
    if (!retry) throw error
    await fire(emitter, 'onModelRetry', retry, time)
    const wait = async (): Promise<void> => {
      if (keyed) await orAborted(() => keyed.refresh(keyNumber), signal)
      try {
        await sleep(Math.min(waitMs, longestTimer), undefined, { signal })
      } catch {
        throw signal.reason
      }
    }
    await (sample ? sample.clock.wait(wait) : wait())
  }

  /** What hooks change in the settings is of no matter here: how a call is retried is settled before it is made. */
  #isExhausted(attempt: number): boolean {
    const { max_retries: most, timeout } = this.#options.config
    const seconds = (performance.now() - this.#began) / 1000
    return (typeof most === 'number' && attempt > most) || (typeof timeout === 'number' && seconds >= timeout)
  }

  #retryData(error: unknown, failure: CallFailure, attempt: number, waitMs: number): ModelRetry {
    const { model, sample } = this.#options
    return {
      // As Inspect has it: without the provider.
      model_name: model.api.model,
      attempt,
      wait_time: waitMs / 1000,
      ...this.#ids,
      sample_id: sample?.uuid ?? null,
      exception_type: failure.type || classOf(error),
      status_code: failure.statusCode ?? null,
    }
  }
}

/** With the size of what the model was given. */
function withContext(output: ModelOutput): ModelOutput {
  if (!output.usage || output.input_context_tokens !== undefined) return output
  const {
    input_tokens: tokens,
    input_tokens_cache_read: read = 0,
    input_tokens_cache_write: written = 0,
  } = output.usage
  const { time, ...rest } = output
  return { ...rest, input_context_tokens: tokens + read + written, time }
}

/** How Inspect says it. */
function cancelledCall(reason: unknown): EvalError {
  const error = evalError(Object.assign(new Error('model call cancelled'), { name: 'RuntimeError' }))
  const isLimit = LimitExceededError.is(reason) && reason.type === 'working'
  return isLimit ? { ...error, message: 'Cancelled by limit' } : error
}

/** So that a log tells of it as the hook did. Inspect writes no such thing; the field is there for what anybody wants to add. */
function retryMetadata(
  { attempt, wait_time, exception_type, status_code }: ModelRetry,
  time: HrTime,
): ModelEvent['metadata'] {
  return { evalspan_retry: { attempt, wait_time, exception_type, status_code, time: formatTimestamp(time) } as Json }
}

/** A cache that cannot be used is no reason to fail. */
async function caching<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    // A wrong expiry is the user's to mend.
    if (error instanceof EvalspanError) throw error
    return undefined
  }
}
