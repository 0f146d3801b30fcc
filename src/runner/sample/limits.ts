import { inspect } from 'node:util'
import { EvalspanError, LimitExceededError } from '../../errors.ts'
import type { EvalSample, ModelUsage, OtherEvent, SampleLimitEvent } from '../../inspect/records.ts'
import type { SampleClock } from './sample-clock.ts'
import { after } from '../timer.ts'
import type { Transcript } from './transcript.ts'

/** Bounds of a sample; what is left out is not bounded. */
export interface Limits {
  /** Messages of the conversation. */
  readonly messageLimit?: number | undefined
  /** Tokens of all calls together. */
  readonly tokenLimit?: number | undefined
  /** US dollars, where prices are known. */
  readonly costLimit?: number | undefined
  /** Answers of models. */
  readonly turnLimit?: number | undefined
  /** Seconds from start to end. */
  readonly timeLimit?: number | undefined
  /** Seconds without those spent waiting for connections and between retries. */
  readonly workingLimit?: number | undefined
}

export const limitNames = {
  messageLimit: true,
  tokenLimit: true,
  costLimit: true,
  turnLimit: true,
  timeLimit: true,
  workingLimit: true,
} satisfies Record<keyof Limits, true>

const names = Object.keys(limitNames) as readonly (keyof Limits)[]

/** Throws a `BAD_OPTION` error for a limit that is none. */
export function checkLimits(limits: Limits): void {
  for (const name of names) {
    const value: unknown = limits[name]
    if (value === undefined) continue
    const isWhole = name === 'messageLimit' || name === 'tokenLimit' || name === 'turnLimit'
    if (typeof value === 'number' && value >= 0 && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value))) {
      continue
    }
    const kind = isWhole ? 'a whole number' : 'a number'
    throw new EvalspanError('BAD_OPTION', `${name}: ${inspect(value)} is not ${kind} from 0 on`)
  }
}

/** The later ones come first. */
export function mergeLimits(...all: readonly Limits[]): Limits {
  return Object.fromEntries(names.map((name) => [name, all.findLast((limits) => limits[name] !== undefined)?.[name]]))
}

/** What a sample has used up of its limits. A limit that is exceeded is an event, and ends what the sample does. */
export class SampleLimits {
  readonly #limits: Limits
  readonly #transcript: Transcript
  #tokens = 0
  #cost = 0
  #turns = 0
  /** Undefined before the solvers, false after them. */
  #holds: boolean | undefined

  constructor(limits: Limits, transcript: Transcript) {
    this.#limits = limits
    this.#transcript = transcript
  }

  /** They hold for solvers only, from here to `end`. */
  begin(): void {
    this.#holds = true
  }

  end(): void {
    if (this.#holds) this.#holds = false
  }

  /** `isNext`: another message is about to come. */
  messages(count: number, isNext: boolean): void {
    const { messageLimit: limit } = this.#limits
    if (!this.#holds || limit === undefined || count < limit || (count === limit && !isNext)) return
    const what = count === limit ? 'reached' : 'exceeded'
    this.#exceeded('message', count, limit, `Message limit ${what}. count: ${text(count)}; limit: ${text(limit)}`)
  }

  usage({ total_tokens: tokens, total_cost: cost = 0 }: ModelUsage): void {
    if (!this.#holds) return
    this.#tokens += tokens
    this.#cost += cost
    this.#checkUsage(false)
  }

  /** A call is not made when it could only exceed a limit that is reached. */
  beforeCall(): void {
    if (this.#holds) this.#checkUsage(true)
  }

  #checkUsage(isNext: boolean): void {
    const { tokenLimit, costLimit } = this.#limits
    const check = (type: string, value: number, limit: number | undefined, show: (value: number) => string): void => {
      if (limit === undefined || value < limit || (value === limit && !isNext)) return
      const what = `${type === 'token' ? 'Token' : 'Cost'} limit ${value === limit ? 'reached' : 'exceeded'}`
      this.#exceeded(type, value, limit, `${what}. value: ${show(value)}; limit: ${show(limit)}`)
    }
    check('token', this.#tokens, tokenLimit, text)
    check('cost', this.#cost, costLimit, dollars)
  }

  turn(): void {
    if (!this.#holds) return
    this.#turns += 1
    const { turnLimit } = this.#limits
    if (turnLimit !== undefined && this.#turns > turnLimit) {
      const message = `Turn limit exceeded. value: ${text(this.#turns)}; limit: ${text(turnLimit)}`
      this.#exceeded('turn', this.#turns, turnLimit, message)
    }
  }

  /** Of the solvers; undefined when it did not come to them. */
  get turns(): number | undefined {
    return this.#holds === undefined ? undefined : this.#turns
  }

  /** What a log says of them. */
  get record(): Pick<EvalSample, 'message_limit' | 'time_limit' | `token_limit${'' | '_type' | '_usage'}`> {
    const { messageLimit, timeLimit, tokenLimit } = this.#limits
    const usage = this.#holds === undefined ? {} : { token_limit_usage: this.#tokens }
    return {
      ...(tokenLimit !== undefined && { token_limit: tokenLimit, token_limit_type: 'all', ...usage }),
      ...(messageLimit !== undefined && { message_limit: messageLimit }),
      ...(timeLimit !== undefined && { time_limit: timeLimit }),
    }
  }

  /** Ends the sample through `abort` when its time is up. Returns what ends the watch. */
  watchTime(clock: SampleClock, abort: (reason: LimitExceededError) => void): () => void {
    const { timeLimit, workingLimit } = this.#limits
    const ends: (() => void)[] = []
    const expire = (type: string, limit: number, message: string): void => {
      abort(new LimitExceededError(type, { message, value: limit, limit }))
    }
    if (timeLimit !== undefined) {
      const message = `Time limit exceeded. limit: ${timeLimit} seconds`
      ends.push(after(timeLimit * 1000, () => expire('time', timeLimit, message)))
    }
    if (workingLimit !== undefined) {
      const message = `Working time limit exceeded. limit: ${workingLimit} seconds`
      let end = after(workingLimit * 1000, () => look())
      const look = (): void => {
        const left = workingLimit - clock.working
        if (left <= 0) {
          this.#interrupted()
          expire('working', workingLimit, message)
        } else end = after(Math.max(1, left * 1000), look)
      }
      ends.push(() => end())
    }
    return () => ends.forEach((end) => end())
  }

  /** Scorers get half of the time, also when the solvers have used up theirs; more is an error of the sample. */
  watchScoring(abort: (reason: Error) => void): () => void {
    const { timeLimit } = this.#limits
    if (timeLimit === undefined) return () => {}
    const limit = timeLimit / 2
    const message = `Time limit exceeded. limit: ${Number.isInteger(limit) ? limit.toFixed(1) : limit} seconds`
    const reason = new LimitExceededError('time', { message, value: limit, limit })
    return after(limit * 1000, () => abort(reason))
  }

  /** Tells of a limit of time when all that it ended is over. */
  expired({ type, message, limit = -1 }: LimitExceededError): void {
    this.#event(type, limit, message)
  }

  #exceeded(type: string, value: number, limit: number, message: string): never {
    this.#event(type, limit, message)
    throw new LimitExceededError(type, { message, value, limit })
  }

  #event(type: string, limit: number, message: string): void {
    this.#transcript.add<SampleLimitEvent>({ event: 'sample_limit', type, message, limit })
  }

  /** What was under way. */
  #interrupted(): void {
    const [tool, model] = [this.#transcript.pending('tool'), this.#transcript.pending('model')]
    this.#transcript.add<OtherEvent>({
      event: 'interrupt',
      source: 'limit',
      interrupted: model ? 'generate' : tool ? 'tool_call' : 'between_turns',
      ...(model ? { interrupted_model_event_id: model.uuid } : tool && { interrupted_tool_call_id: tool.id }),
    })
  }
}

function text(value: number): string {
  return value.toLocaleString('en-US')
}

function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 4, maximumFractionDigits: 4 })}`
}
