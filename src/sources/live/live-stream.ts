import { setImmediate as turn } from 'node:timers/promises'
import { EvalspanError, messageOf } from '../../errors.ts'
import { readEnvelope, type Envelope } from './envelope.ts'
import type { LiveProcess } from './live-process.ts'
import { readRecord } from './live-record.ts'

/** A batch as it came: its first line and the others. */
export interface LiveBatch {
  readonly envelope: Envelope
  readonly lines: readonly string[]
  readonly bytes: number
  /** Told when it is not held any more, once it was taken over. */
  readonly release?: (() => void) | undefined
}

/** Takes a body apart. Throws an `EvalspanError` when its first line is unusable. */
export function readBatch(body: string): LiveBatch {
  const [first = '', ...rest] = body.split('\n')
  const envelope = readEnvelope(first)
  const lines = rest.filter((line) => line !== '')
  if ((envelope.open ?? 0) > lines.length) {
    throw new EvalspanError(
      'BAD_LOG',
      `the first line of a batch says open: ${envelope.open}, and ${lines.length} lines follow`,
    )
  }
  return { envelope, lines, bytes: body.length }
}

export type Answer = { readonly next: number } | { readonly need: 'open' } | { readonly full: true }

/** So many bytes of one process may wait; then its forwarder has to, whose own buffer is bounded too. */
const mostWaiting = 32 * 2 ** 20

/**
 * What comes from one process, in its order, each record once: a batch is taken over at once, and told as fast as what
 * comes of it can be stored.
 */
export class LiveStream {
  readonly #process: LiveProcess
  readonly #onProblem: (error: EvalspanError) => void
  readonly #waiting: (() => Promise<void>)[] = []
  /** Hooks that were passed over. */
  readonly #unknown = new Set<string>()
  #bytes = 0
  #next = 1
  #work: Promise<void> | undefined
  #ended = false
  #onRoom: (() => void) | undefined

  constructor(process: LiveProcess, onProblem: (error: EvalspanError) => void) {
    this.#process = process
    this.#onProblem = onProblem
  }

  /** The process has ended, or is taken for that. */
  get ended(): boolean {
    return this.#ended
  }

  /** Takes a batch over, unless it lacks something; `full` when there was no room for it in so many milliseconds. */
  async take({ envelope, lines, bytes, release = () => {} }: LiveBatch, patienceMs: number): Promise<Answer> {
    if (this.#bytes > 0 && this.#bytes + bytes > mostWaiting && !(await this.#room(bytes, patienceMs)))
      return { full: true }
    const { first, open, end } = envelope
    if (first > this.#next && open === undefined) return { need: 'open' }
    const numbered = lines.slice(open ?? 0)
    // A batch whose answer was lost comes again.
    const fresh = numbered.slice(Math.max(0, this.#next - first))
    const isMissing = first > this.#next
    const last = first + numbered.length
    if (last > this.#next || isMissing || (end && !this.#ended)) {
      this.#put(bytes, async () => {
        if (isMissing) this.#process.miss()
        if (isMissing) for (const line of lines.slice(0, open)) await this.#tell(line, true)
        for (const line of fresh) await this.#tell(line, false)
        release()
      })
    } else release()
    this.#next = Math.max(this.#next, last)
    if (end) this.end()
    return { next: this.#next }
  }

  /** Nothing more will come: what is open is completed, once all that came has been told. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#put(0, () => this.#process.end())
  }

  /** Resolves when all that was taken over has been told. */
  async settled(): Promise<void> {
    await this.#work
  }

  #put(bytes: number, work: () => Promise<void>): void {
    this.#bytes += bytes
    this.#waiting.push(async () => {
      await work()
      this.#bytes -= bytes
      this.#onRoom?.()
    })
    this.#work ??= this.#run()
  }

  async #run(): Promise<void> {
    await turn()
    for (let work = this.#waiting.shift(); work; work = this.#waiting.shift()) {
      try {
        await work()
      } catch (error) {
        this.#problem(messageOf(error), error)
      }
    }
    this.#work = undefined
  }

  async #tell(line: string, again: boolean): Promise<void> {
    try {
      const record = readRecord(line)
      if (!('unknown' in record)) await this.#process.take(record, again)
      else if (!this.#unknown.has(record.unknown)) {
        this.#unknown.add(record.unknown)
        this.#problem(
          `${record.unknown} is a hook that this version does not know, and is passed over: update evalspan`,
        )
      }
    } catch (error) {
      this.#process.miss()
      this.#problem(`live: ${messageOf(error)}`, error)
    }
  }

  async #room(bytes: number, patienceMs: number): Promise<boolean> {
    const deadline = performance.now() + patienceMs
    while (this.#bytes > 0 && this.#bytes + bytes > mostWaiting) {
      const left = deadline - performance.now()
      if (left <= 0) return false
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onRoom = resolve
      const timer = setTimeout(resolve, left)
      await promise
      clearTimeout(timer)
    }
    return true
  }

  #problem(message: string, cause?: unknown): void {
    this.#onProblem(new EvalspanError('BAD_LOG', message, { cause }))
  }
}
