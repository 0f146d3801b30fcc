import type { GenerateConfig, Json } from '../../inspect/records.ts'
import { toCamelCase } from '../text/to-camel-case.ts'
import { toSnakeCase } from '../text/to-snake-case.ts'

/**
 * How models are called: Inspect's `GenerateConfig` in camelCase. What a provider does not know it is not told. Further
 * settings of Inspect have a place under their own name.
 */
export interface GenerateSettings {
  readonly temperature?: number | undefined
  readonly maxTokens?: number | undefined
  readonly topP?: number | undefined
  readonly topK?: number | undefined
  readonly stopSeqs?: readonly string[] | undefined
  readonly seed?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly reasoningEffort?: string | undefined
  /** How many calls of a model may be under way at once; 10 when neither this nor the model says. */
  readonly maxConnections?: number | undefined
  /** So many times a call is tried again; without end when left out. */
  readonly maxRetries?: number | undefined
  /** Whole seconds after which a call is not tried again; an attempt that takes longer goes on. */
  readonly timeout?: number | undefined
  /** Bytes of a tool's result; of a longer one the middle is left out. 16 KiB when left out; 0: as long as it is. */
  readonly maxToolOutput?: number | undefined
  /** An answer that the provider has filtered (`content_filter`) is an error of the sample. */
  readonly failOnRefusal?: boolean | undefined
  /** Seconds, in whole numbers, after which an attempt at a call is given up; it is tried again, as after any other failure. */
  readonly attemptTimeout?: number | undefined
  readonly [name: string]: Json | undefined
}

/** In Inspect's names, without what is undefined: `maxTokens` becomes `max_tokens`. */
export function toGenerateConfig(settings: GenerateSettings | undefined): GenerateConfig {
  const given = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [toSnakeCase(name), value]))
}

/** As users write them, from a log or a file of Inspect. */
export function toGenerateSettings(config: GenerateConfig): GenerateSettings {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [toCamelCase(name), value]))
}
