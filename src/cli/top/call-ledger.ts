import { add, excess, highest, noCounts, type Counts } from './counts.ts'

/**
 * The model calls of one task, as three sources tell them, none of which tells all: the usage hook leaves out the call that
 * trips a limit (and names no task before Inspect 0.3.197), events come since 0.3.189 and may be lost, finished samples
 * come late and without the attempts before. What is true is at least the highest.
 */
export class CallLedger {
  #usage = noCounts
  #events = noCounts
  #samples = noCounts
  #counts = noCounts
  #untold = noCounts

  addUsage(counts: Counts): void {
    this.#usage = add(this.#usage, counts)
    this.#sum()
  }

  /** `counts` of an event, in place of what the event had when it came before. */
  addEvent(counts: Counts, before: Counts | undefined): void {
    this.#events = add(this.#events, before ? excess(counts, before) : counts)
    this.#sum()
  }

  addSample(counts: Counts): void {
    this.#samples = add(this.#samples, counts)
    this.#sum()
  }

  get counts(): Counts {
    return this.#counts
  }

  /** What the usage hook did not tell, or not as this task's. */
  get untold(): Counts {
    return this.#untold
  }

  #sum(): void {
    this.#counts = highest(highest(this.#usage, this.#events), this.#samples)
    this.#untold = excess(this.#counts, this.#usage)
  }
}
