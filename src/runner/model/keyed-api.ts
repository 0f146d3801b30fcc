import { hasApiKeyOverride, resolveApiKey } from '../../hooks/api-keys.ts'
import { rememberKey } from '../../hooks/known-keys.ts'
import { reportToStderr, type Report } from '../../hooks/report.ts'
import type { ModelOutput } from '../../inspect/records.ts'
import { hideKeys } from './hide-keys.ts'
import type { CallFailure, ModelApi, ModelRequest } from './model-api.ts'
import { keyedModel, type KeyedModel } from './model-spec.ts'

/**
 * A model whose key hooks may change: they are asked when it is made, and again when the provider refused the key. The
 * variable itself is not changed.
 */
export class KeyedApi implements ModelApi {
  readonly #model: KeyedModel
  #api: ModelApi
  #keys = 0

  constructor(model: KeyedModel) {
    this.#model = model
    this.#api = this.#make()
  }

  get provider(): string {
    return this.#api.provider
  }

  get model(): string {
    return this.#api.model
  }

  get baseUrl(): string | undefined {
    return this.#api.baseUrl
  }

  get maxConnections(): number | undefined {
    return this.#api.maxConnections
  }

  /** Which key calls are made with now. */
  get keyNumber(): number {
    return this.#keys
  }

  /** Whether a refused key is worth another attempt. */
  get hasOverride(): boolean {
    return hasApiKeyOverride()
  }

  generate(request: ModelRequest): Promise<ModelOutput> {
    return this.#api.generate(request)
  }

  failure(error: unknown): CallFailure {
    return this.#api.failure(error)
  }

  /** Asks for the key anew, unless that was done since the call that was refused, which had that number. */
  refresh(keyNumber: number): void {
    if (keyNumber === this.#keys) this.#api = this.#make()
  }

  #make(): ModelApi {
    this.#keys += 1
    const { apiKey } = this.#model
    const value = process.env[apiKey] ?? ''
    rememberKey(value)
    const report: Report = (message) => reportToStderr(hideKeys(message))
    const key = resolveApiKey({ env_var_name: apiKey, value }, { report }) ?? value
    rememberKey(key)
    return keyedModel(this.#model, key)
  }
}
