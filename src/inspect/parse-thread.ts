import { Worker } from 'node:worker_threads'
import type { ParseAnswer, ParseRequest } from './parse-worker.ts'
import type { ZipMember } from './zip-directory.ts'

/** `.ts` unbuilt, `.js` built. */
const workerFile = new URL(`./parse-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
const idleMs = 5_000
/** It parses one sample of some megabytes at a time; left alone it would fill up with garbage before it cleans up. */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 }

type Result = ParseAnswer['result']

/**
 * A thread in which JSON is parsed while this one tells of the sample before. To take what it parsed over costs less than
 * a third of parsing it here, and twice as much in all: it pays where there is something else to do meanwhile.
 */
export class ParseThread {
  static #shared: ParseThread | undefined
  static #failed = false
  readonly #worker: Worker
  readonly #asked = new Map<number, (result: Result) => void>()
  #count = 0
  #idle: NodeJS.Timeout | undefined

  private constructor() {
    // What the process was started with (preloads, a debugger) is none of this thread's business.
    this.#worker = new Worker(workerFile, { execArgv: [], resourceLimits, name: 'evalspan parser' })
    this.#worker.on('message', ({ id, result }: ParseAnswer) => this.#settle(id, result))
    for (const event of ['error', 'messageerror', 'exit']) this.#worker.on(event, () => this.#fail())
    this.#worker.unref()
  }

  /** The one of this process, begun when it is needed; it ends when it was not for a while. None after it failed. */
  static get shared(): ParseThread | undefined {
    if (!ParseThread.#failed) ParseThread.#shared ??= new ParseThread()
    return ParseThread.#shared
  }

  /** What the member says. Undefined when it cannot be had in this way: for whatever reason, parsing it here tells. */
  parse(member: ZipMember, compressed: Uint8Array): Promise<Result> {
    clearTimeout(this.#idle)
    return new Promise((resolve) => {
      this.#count += 1
      // An answer that is waited for keeps the process alive.
      if (this.#asked.size === 0) this.#worker.ref()
      this.#asked.set(this.#count, resolve)
      // It is a thread, not a window.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      this.#worker.postMessage({ id: this.#count, member, compressed } satisfies ParseRequest)
    })
  }

  #settle(id: number, result: Result): void {
    this.#asked.get(id)?.(result)
    this.#asked.delete(id)
    if (this.#asked.size > 0) return
    this.#worker.unref()
    this.#idle = setTimeout(() => this.#end(), idleMs).unref()
  }

  /** It had too little memory, for example. */
  #fail(): void {
    if (ParseThread.#shared !== this) return
    ParseThread.#failed = true
    this.#end()
  }

  #end(): void {
    clearTimeout(this.#idle)
    ParseThread.#shared = undefined
    for (const resolve of this.#asked.values()) resolve(undefined)
    this.#asked.clear()
    void this.#worker.terminate()
  }
}
