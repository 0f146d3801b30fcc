import type { EvalspanError } from '../../errors.ts'
import { LiveProcess, type LiveTarget } from './live-process.ts'
import { LiveStream, type Answer, type LiveBatch } from './live-stream.ts'

export interface IntakeOptions {
  readonly to: LiveTarget
  readonly onProblem: (error: EvalspanError) => void
  /** So long after its last connection was lost a process that did not say that it ends is taken for gone. */
  readonly goneAfterMs?: number | undefined
}

/** For a batch that there is no room for. */
const patienceMs = 5_000
/** So long what has ended is known, so that a last batch whose answer was lost is not told again. */
const rememberMs = 10 * 60_000

interface Known {
  readonly stream: LiveStream
  connections: number
  /** It ended without a word, and may be there after all. */
  gone: boolean
  timer: NodeJS.Timeout | undefined
}

/** The processes whose hooks are told here, each with its own order. */
export class Intake {
  readonly #options: IntakeOptions
  readonly #streams = new Map<string, Known>()
  #seen = 0

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** How many processes have told something, and how many of them go on. */
  get counts(): { readonly seen: number; readonly open: number } {
    return { seen: this.#seen, open: [...this.#streams.values()].filter(({ stream }) => !stream.ended).length }
  }

  async take(batch: LiveBatch): Promise<Answer> {
    const name = batch.envelope.stream
    let known = this.#streams.get(name)
    if (!known || known.gone) {
      // Its beginning is missing, so nothing is to be remembered of it before it is told.
      if (batch.envelope.first > 1 && batch.envelope.open === undefined) return { need: 'open' }
      if (!known) this.#seen += 1
      const { to, onProblem } = this.#options
      const stream = new LiveStream(new LiveProcess(to, onProblem), onProblem)
      known = { stream, connections: known?.connections ?? 0, gone: false, timer: undefined }
      this.#streams.set(name, known)
    }
    const answer = await known.stream.take(batch, patienceMs)
    if (known.stream.ended) this.#forgetLater(name, known)
    return answer
  }

  /** A connection over which a process sends. */
  connected(name: string): void {
    const known = this.#streams.get(name)
    if (!known) return
    known.connections += 1
    if (!known.stream.ended) clearTimeout(known.timer)
  }

  disconnected(name: string): void {
    const known = this.#streams.get(name)
    if (!known) return
    known.connections -= 1
    if (known.connections > 0 || known.stream.ended) return
    known.timer = setTimeout(() => {
      known.gone = true
      known.stream.end()
      this.#forgetLater(name, known)
    }, this.#options.goneAfterMs ?? 30_000)
  }

  /** All processes are over, or nobody listens to them any more. Resolves when all that came has been told. */
  async end(): Promise<void> {
    const all = [...this.#streams.values()]
    for (const { stream, timer } of all) {
      clearTimeout(timer)
      stream.end()
    }
    await Promise.all(all.map(({ stream }) => stream.settled()))
  }

  #forgetLater(name: string, known: Known): void {
    clearTimeout(known.timer)
    known.timer = setTimeout(() => {
      if (this.#streams.get(name) === known) this.#streams.delete(name)
    }, rememberMs).unref()
  }
}
