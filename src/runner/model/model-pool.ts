import { inspect } from 'node:util'
import { isObject } from '../../hooks/is-object.ts'
import { LiveWaits, type LiveWaitsOptions } from '../../hooks/live-waits.ts'
import { badOption } from '../options/bad-option.ts'
import { Semaphore } from '../semaphore.ts'
import { numberOfModel } from './given-models.ts'
import { KeyedApi, type KeyedApiOptions } from './keyed-api.ts'
import { costOf, type ModelCosts } from './model-cost.ts'
import type { ModelApi } from './model-api.ts'
import { Model, type ModelOptions } from './model.ts'
import { isKeyedModel, openModel, type ModelSpec } from './model-spec.ts'

const defaultConnections = 10

/**
 * The models of a run. As in Inspect each is made once, so that its key is asked for once, and all calls of a model share
 * its connections, whoever makes them.
 */
export class ModelPool {
  readonly #named = new Map<unknown, Promise<ModelApi>>()
  /** Code that makes one for each call is not to fill the memory. */
  readonly #given = new WeakMap<WeakKey, Promise<ModelApi>>()
  readonly #connections = new Map<string, Semaphore>()
  readonly #costs: ModelCosts | undefined

  readonly #keys: KeyedApiOptions

  /** `run`: whose hooks are asked for keys; undefined outside of runs. */
  constructor(costs?: ModelCosts, run?: Pick<LiveWaitsOptions, 'cancelled' | 'report'>) {
    this.#costs = costs
    this.#keys = run ? { report: run.report, waits: new LiveWaits(run) } : {}
  }

  /** The model that a user gave in any of its forms. Rejects with a `BAD_OPTION` error for what is none. */
  async resolve(spec: ModelSpec, options: ModelOptions = {}): Promise<Model> {
    const api = await this.#api(spec)
    const name = `${api.provider}/${api.model}`
    const cost = costOf(this.#costs, name)
    const server = api.baseUrl ?? (isObject(spec) ? numberOfModel(spec, name) : undefined)
    return new Model(api, this.#connectionsOf(api, options), { ...options, cost, server })
  }

  #api(spec: ModelSpec): Promise<ModelApi> {
    const known = isObject(spec) ? this.#given.get(spec) : this.#named.get(spec)
    if (known) return known
    const api = this.#open(spec)
    if (isObject(spec)) this.#given.set(spec, api)
    else this.#named.set(spec, api)
    return api
  }

  async #open(spec: ModelSpec): Promise<ModelApi> {
    return isKeyedModel(spec) ? await KeyedApi.open(spec, this.#keys) : await openModel(spec)
  }

  /** The first to ask says how many. */
  #connectionsOf(api: ModelApi, { config = {}, connections: ofTask }: ModelOptions): Semaphore {
    const name = `${api.provider}/${api.model}`
    const known = this.#connections.get(name)
    if (known) return known
    const places = config['max_connections'] ?? ofTask ?? api.maxConnections ?? defaultConnections
    if (!Number.isSafeInteger(places) || Number(places) < 1) {
      throw badOption(`maxConnections of ${name}: ${inspect(places)} is not a whole number from 1 on`)
    }
    const connections = new Semaphore(Number(places))
    this.#connections.set(name, connections)
    return connections
  }
}
