import { hasApiKeyOverride, resolveApiKey } from '../../hooks/api-keys.ts'
import type { ModelOutput } from '../../inspect/records.ts'
import type { CallFailure, ModelApi, ModelRequest } from './model-api.ts'

export interface KeyedModelOptions {
  /** The environment variable that holds the key. */
  readonly apiKey: string
  /** Makes the model with a key. */
  readonly create: (key: string) => ModelApi
}

/**
 * A model whose key hooks may change: asked when it is made, and again when the provider refused the key. The variable itself
 * is not changed.
 */
export class KeyedModel implements ModelApi {
  readonly #options: KeyedModelOptions
  #api: ModelApi
  /** How often the key was asked for. */
  #keys = 0

  constructor(options: KeyedModelOptions) {
    this.#options = options
    this.#api = this.#make()
  }

  get provider(): string {
    return this.#api.provider
  }

  get model(): string {
    return this.#api.model
  }

  get maxConnections(): number | undefined {
    return this.#api.maxConnections
  }

  retryWaitMs(attempt: number, failure: CallFailure): number | undefined {
    return this.#api.retryWaitMs?.(attempt, failure)
  }

  /** Says with which key a call is made, to tell `refresh`. */
  get keyNumber(): number {
    return this.#keys
  }

  generate(request: ModelRequest): Promise<ModelOutput> {
    return this.#api.generate(request)
  }

  failure(error: unknown): CallFailure {
    return this.#api.failure(error)
  }

  /** Whether a refused key is worth another attempt. */
  get hasOverride(): boolean {
    return hasApiKeyOverride()
  }

  /** Asks for the key anew, unless that was done since the call that was refused. */
  refresh(keyNumber: number): void {
    if (keyNumber === this.#keys) this.#api = this.#make()
  }

  #make(): ModelApi {
    const { apiKey, create } = this.#options
    this.#keys += 1
    const value = process.env[apiKey] ?? ''
    return create(resolveApiKey({ env_var_name: apiKey, value }) ?? value)
  }
}
