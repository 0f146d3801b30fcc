import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EvalspanError } from '../../errors.ts'
import { parse, stringify } from '../../inspect/json.ts'
import type { ChatMessage, GenerateConfig, ModelOutput, ToolChoice, ToolInfo } from '../../inspect/records.ts'
import { keylessJson } from '../log/keys-in-json.ts'
import { shortUuid } from '../short-uuid.ts'
import type { CachePolicy } from './cache-policy.ts'
import { notInCacheKey } from './call-mechanics.ts'

/** All that an answer depends on. */
export interface CacheEntry {
  readonly model: string
  readonly server: string | number | undefined
  readonly input: readonly ChatMessage[]
  readonly tools: readonly ToolInfo[]
  readonly toolChoice: ToolChoice | undefined
  readonly config: GenerateConfig
  readonly epoch: number | undefined
  readonly policy: CachePolicy
}

/** Answers of models in a folder: `EVALSPAN_CACHE_DIR`, or `evalspan/generate` in the user's folder for caches. */
export class ResponseCache {
  readonly #folder: string

  constructor(folder: string = defaultFolder()) {
    this.#folder = folder
  }

  /** Undefined where there is none, or none that is good any more. */
  async fetch(entry: CacheEntry): Promise<ModelOutput | undefined> {
    const path = this.#path(entry)
    try {
      const { expires, output } = parse(await readFile(path, 'utf8')) as { expires: number | null; output: ModelOutput }
      if (expires === null || expires > Date.now()) return output
      await rm(path, { force: true })
    } catch {
      // What cannot be read is as good as nothing.
    }
    return undefined
  }

  /** Another process never sees half of it. Rejects where nothing can be written. */
  async store(entry: CacheEntry, output: ModelOutput): Promise<void> {
    // Who asks once more after a refusal wants another answer.
    if (output.choices.some(({ stop_reason: reason }) => reason === 'content_filter')) return
    const lifetime = lifetimeMs(entry.policy)
    const expires = lifetime === null ? null : Date.now() + lifetime
    const path = this.#path(entry)
    const temporary = `${path}.${shortUuid()}`
    await mkdir(join(path, '..'), { recursive: true })
    try {
      await writeFile(temporary, keylessJson(stringify({ expires, output })))
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  #path({ model, server, input, tools, toolChoice, config, epoch, policy }: CacheEntry): string {
    const settings = Object.entries(config).filter(([name, value]) => !notInCacheKey.has(name) && value !== undefined)
    const key = stringify({
      model,
      server: server ?? null,
      // The ids of messages are made anew each time.
      input: input.map((message) => ({ ...message, id: undefined })),
      tools,
      toolChoice: toolChoice ?? null,
      config: Object.fromEntries(settings.toSorted(([a], [b]) => (a < b ? -1 : 1))),
      epoch: policy.perEpoch === false ? null : (epoch ?? null),
      scopes: policy.scopes ?? {},
      // As in Inspect: who takes answers of a day does not get one that was to be good for a year.
      lifetime: lifetimeMs(policy),
    })
    const name = createHash('sha256').update(key).digest('hex')
    return join(this.#folder, model.replaceAll(/[^\w.-]/g, '_'), `${name}.json`)
  }
}

const unitMs: { readonly [unit: string]: number } = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  D: 86_400_000,
  W: 7 * 86_400_000,
  M: 30 * 86_400_000,
  Y: 365 * 86_400_000,
}

/** Null for ever. Throws a `BAD_OPTION` error for what is not in Inspect's notation: `12h`, `7D`, `1W`. */
export function lifetimeMs({ expiry = '1W' }: CachePolicy): number | null {
  if (expiry === null) return null
  const [, count, unit] = /^(\d+)([smhDWMY])$/.exec(expiry) ?? []
  if (unit === undefined) {
    throw new EvalspanError('BAD_OPTION', `cache expiry "${expiry}": give a number and a unit, such as 12h, 7D or 1W`)
  }
  return Number(count) * unitMs[unit]!
}

function defaultFolder(): string {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return process.env['EVALSPAN_CACHE_DIR'] || join(caches, 'evalspan', 'generate')
}
