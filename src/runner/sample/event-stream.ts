import type { Event } from '../../inspect/records.ts'

/**
 * The events of one attempt on their way to the hooks: one after another, behind the back of the sample. As in Inspect an
 * event is given when it is complete, and once more when it changes after that.
 */
export class EventStream {
  readonly #fire: (event: Event) => Promise<void>
  readonly #queue: Event[] = []
  #open = false
  #running: Promise<void> | undefined

  /** `fire` takes care of errors itself. */
  constructor(fire: (event: Event) => Promise<void>) {
    this.#fire = fire
  }

  /** What comes before is not given: the init of a sample is in its end alone. */
  open(): void {
    this.#open = true
  }

  push(event: Event): void {
    if (!this.#open || event.pending) return
    this.#queue.push(event)
    this.#running ??= this.#run()
  }

  /** Resolves when all was given; nothing more is taken. */
  async drain(): Promise<void> {
    this.#open = false
    await this.#running
  }

  async #run(): Promise<void> {
    // Not in the middle of what the sample does.
    await Promise.resolve()
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) await this.#fire(event)
    this.#running = undefined
  }
}
