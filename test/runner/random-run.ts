import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../bench/random.ts'
import {
  generate,
  hookNames,
  LimitExceededError,
  modelError,
  modelOutput,
  scorer,
  useTools,
  type EvaluateOptions,
  type HookName,
  type MockOutput,
  type Solver,
  type Task,
} from '../../src/index.ts'
import { aTask, withHooks } from './run.ts'
import { quickModel } from './scenarios.ts'

/** Of all kinds that can happen, made of one number. */
export class RandomRun {
  readonly #random: Random
  /** Enough happens by chance; hooks that throw must not be on the way of it too often. */
  readonly #throwing: Set<HookName>

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#throwing = new Set(hookNames.filter(() => this.#chance(0.15)))
  }

  hooks(): Parameters<typeof withHooks>[0] {
    const methods = [...this.#throwing].map((name) => [
      name,
      async () => {
        if (this.#chance(0.5)) return
        if (this.#chance(0.5)) await sleep(1)
        throw this.#chance(0.4) ? new LimitExceededError('custom', { limit: 1 }) : new Error(`in ${name}`)
      },
    ])
    return Object.fromEntries(methods) as Parameters<typeof withHooks>[0]
  }

  tasks(): Task[] {
    return Array.from({ length: 1 + this.#random.below(2) }, (_, index) => this.#task(`task ${index}`))
  }

  options(): EvaluateOptions & { set: boolean } {
    const cancel = this.#chance(0.4) ? { signal: AbortSignal.timeout(this.#random.below(25)) } : {}
    return {
      ...cancel,
      maxSamples: 1 + this.#random.below(3),
      maxTasks: 1 + this.#random.below(2),
      set: this.#chance(0.3),
    }
  }

  #task(name: string): Task {
    const pick = <T>(...choices: readonly T[]): T => choices[this.#random.below(choices.length)]!
    const count = 1 + this.#random.below(4)
    const search = { description: 'Searches', inputSchema: { type: 'object' }, execute: () => this.#maybe('the tool') }
    return aTask({
      name,
      dataset: Array.from({ length: count }, (_, index) => ({ id: index, input: 'What?', target: '4' })),
      epochs: pick(1, 1, 2),
      retryOnError: pick(0, 1, 2),
      failOnError: pick<boolean | number>(true, false, 0.5, 2),
      continueOnFail: pick(true, false),
      scoreOnError: pick(true, false),
      ...pick(
        {},
        {},
        { messageLimit: 2 },
        { tokenLimit: 5 },
        { timeLimit: 0.01 },
        { workingLimit: 0.01 },
        { turnLimit: 1 },
      ),
      ...(this.#chance(0.3) && {
        sandbox: {
          init: async () => void (await this.#maybe('the sandbox')),
          cleanup: () => this.#maybe('a cleanup').then(() => {}),
        },
      }),
      solver: [useTools({ search }), this.#solver(), generate()],
      scorer: scorer('chance', { metrics: [] }, async () => ({ value: await this.#maybe('the scorer') })),
      model: quickModel(this.#outputs(), this.#random.below(8)),
      config: { maxRetries: 1 },
    })
  }

  #solver(): Solver {
    return async (state) => {
      if (this.#chance(0.3)) await sleep(this.#random.below(10))
      await this.#maybe('the solver')
      return state
    }
  }

  #outputs(): MockOutput[] {
    return Array.from({ length: 6 }, () => {
      if (this.#chance(0.2)) return modelError(429)
      return this.#chance(0.3) ? modelOutput.toolCall('search') : '4'
    }).concat('4')
  }

  async #maybe(what: string): Promise<string> {
    if (this.#chance(0.15)) throw new Error(`${what} failed`)
    return 'fine'
  }

  #chance(share: number): boolean {
    return this.#random.below(1000) < share * 1000
  }
}
