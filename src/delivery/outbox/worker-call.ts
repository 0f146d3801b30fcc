import { Worker } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'
import type { Answer, Call, Request, WorkerData } from './protocol.ts'
import type { StorageOptions } from './storage.ts'

/** `.ts` unbuilt, `.js` built. */
const workerFile = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
/** Little of what comes and goes stays, which V8 takes for a reason to let the heap grow. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }
/** How long a process that is about to end waits for its outbox. */
const lastMs = 5_000

interface Asked {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/** A thread with the outbox in it. */
export class WorkerCall {
  readonly #worker: Worker
  readonly #tell: (message: string) => void
  readonly #asked = new Map<number, Asked>()
  readonly #done = new Int32Array(new SharedArrayBuffer(4))
  #count = 0
  #broken: Error | undefined

  constructor(options: StorageOptions, tell: (message: string) => void) {
    this.#tell = tell
    const workerData: WorkerData = { options, done: this.#done }
    // What the host's process was started with (preloads, a debugger) is none of this thread's business.
    this.#worker = new Worker(workerFile, { workerData, execArgv: [], resourceLimits, name: 'evalspan outbox' })
    this.#worker.on('message', (answer: Answer) => this.#take(answer))
    this.#worker.on('error', (error) => this.#break(messageOf(error)))
    this.#worker.on('messageerror', (error) => this.#break(messageOf(error)))
    this.#worker.on('exit', () => this.#break('its thread has ended'))
    this.#worker.unref()
  }

  readonly call: Call = (method, ...args) =>
    new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      const id = this.#count + 1
      // It is a thread, not a window. Throws for what cannot be copied, a function for example: then nothing was asked.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      this.#worker.postMessage({ id, method, args } satisfies Request)
      this.#count = id
      // An answer that is waited for keeps the process alive.
      if (this.#asked.size === 0) this.#worker.ref()
      this.#asked.set(id, { resolve, reject })
    })

  /** Blocks until all that was asked for is done: for a process that ends without waiting for anything. */
  finish(): void {
    const until = performance.now() + lastMs
    for (;;) {
      const done = Atomics.load(this.#done, 0)
      const left = until - performance.now()
      if (this.#broken || done >= this.#count || left <= 0) return
      Atomics.wait(this.#done, 0, done, left)
    }
  }

  async end(): Promise<void> {
    this.#broken ??= new Error('it is closed')
    // Otherwise the process could be over before the thread is.
    this.#worker.ref()
    await this.#worker.terminate()
  }

  #take(answer: Answer): void {
    if ('note' in answer) return this.#tell(answer.note)
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    // Its end is waited for as well.
    if (this.#asked.size === 0 && !this.#broken) this.#worker.unref()
    if ('error' in answer) asked?.reject(new Error(answer.error))
    else asked?.resolve(answer.result as never)
  }

  #break(reason: string): void {
    this.#broken ??= new Error(`the outbox is gone: ${reason}`)
    for (const { reject } of this.#asked.values()) reject(this.#broken)
    this.#asked.clear()
  }
}
