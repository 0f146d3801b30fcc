import type { Item, ItemKind, ObjectState, Outcome, Sink } from '../../src/delivery/item.ts'

export type Answer = (batch: readonly Item[], context: { signal: AbortSignal; state: ObjectState }) => Promise<Outcome>

/** A backend in the same process that answers as told, and keeps what it took. */
export class ScriptedSink implements Sink {
  readonly name: string
  readonly takes: readonly ItemKind[]
  readonly release: 'item' | 'object'
  readonly limits: { readonly items: number; readonly bytes: number }
  readonly timeoutMs: number | undefined
  readonly concurrency: number | undefined
  readonly taken: Item[] = []
  readonly batches: number[] = []
  closed = false
  on = true
  answer: Answer

  constructor(
    answer: Answer | Outcome = { status: 'delivered' },
    options: Partial<Pick<Sink, 'name' | 'takes' | 'release' | 'limits' | 'timeoutMs' | 'concurrency'>> = {},
  ) {
    this.answer = typeof answer === 'function' ? answer : async () => answer
    this.name = options.name ?? 'test/spans'
    this.takes = options.takes ?? ['span']
    this.release = options.release ?? 'item'
    this.limits = options.limits ?? { items: 10, bytes: 1e6 }
    this.timeoutMs = options.timeoutMs
    this.concurrency = options.concurrency
  }

  enabled(): boolean {
    return this.on
  }

  destination(): string {
    return `${this.name}:here`
  }

  async send(batch: readonly Item[], context: { signal: AbortSignal; state: ObjectState }): Promise<Outcome> {
    this.batches.push(batch.length)
    const outcome = await this.answer(batch, context)
    if (outcome?.status === 'delivered') this.taken.push(...batch)
    return outcome
  }

  async close(): Promise<void> {
    this.closed = true
  }
}
