import { hasApiKeyOverride, resolveApiKey } from '../../hooks/api-keys.ts'
import { rememberKey } from '../../hooks/known-keys.ts'
import type { LiveWaits } from '../../hooks/live-waits.ts'
import { reportToStderr, type Report } from '../../hooks/report.ts'
import type { ModelOutput } from '../../inspect/records.ts'
import { hideKeys } from './hide-keys.ts'
import type { CallFailure, ModelApi, ModelRequest } from './model-api.ts'
import { keyedModel, type KeyedModel } from './model-spec.ts'

export interface KeyedApiOptions {
  /** Standard error when left out. */
  readonly report?: Report | undefined
  /** Those of the run. */
  readonly waits?: LiveWaits | undefined
}

/** So many keys in a row that are refused are worth a word to the user, who may wait for what does not come. */
const suspicious = 3

/**
 * A model whose key hooks may change: they are asked when it is made, and again when the provider refused the key. The
 * variable itself is not changed.
 */
export class KeyedApi implements ModelApi {
  readonly #model: KeyedModel
  readonly #options: KeyedApiOptions
  #api: ModelApi
  #keys = 1
  /** Keys in a row. */
  #refused = 0
  #refreshing: Promise<void> | undefined

  private constructor(model: KeyedModel, api: ModelApi, options: KeyedApiOptions) {
    this.#model = model
    this.#api = api
    this.#options = options
  }

  /** Rejects with a `BAD_OPTION` error where there is no key. */
  static async open(model: KeyedModel, options: KeyedApiOptions = {}): Promise<KeyedApi> {
    return new KeyedApi(model, await withKey(model, options), options)
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

  async generate(request: ModelRequest): Promise<ModelOutput> {
    const output = await this.#api.generate(request)
    this.#refused = 0
    return output
  }

  failure(error: unknown): CallFailure {
    return this.#api.failure(error)
  }

  /**
   * Asks for the key anew, unless that was done since the call that was refused, which had that number. Calls that ask at
   * the same time share the answer.
   */
  async refresh(keyNumber: number): Promise<void> {
    if (keyNumber === this.#keys) await (this.#refreshing ??= this.#renew())
  }

  async #renew(): Promise<void> {
    this.#refused += 1
    if (this.#refused === suspicious) this.#tellOfRefusals()
    try {
      this.#api = await withKey(this.#model, this.#options)
      this.#keys += 1
    } finally {
      this.#refreshing = undefined
    }
  }

  #tellOfRefusals(): void {
    reportOf(this.#options)(
      `${this.provider}/${this.model}: ${suspicious} keys in a row were refused, though hooks were asked for each; ` +
        `calls go on until maxRetries or timeout end them. Check ${this.#model.apiKey}, and the hooks with overrideApiKey`,
    )
  }
}

async function withKey(model: KeyedModel, options: KeyedApiOptions): Promise<ModelApi> {
  const { apiKey } = model
  const value = process.env[apiKey] ?? ''
  rememberKey(value)
  const asked = { env_var_name: apiKey, value }
  const key = (await resolveApiKey(asked, { report: reportOf(options), waits: options.waits })) ?? value
  rememberKey(key)
  return keyedModel(model, key)
}

function reportOf({ report = reportToStderr }: KeyedApiOptions): Report {
  return (message) => report(hideKeys(message))
}
