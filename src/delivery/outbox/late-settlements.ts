import { isStorageError } from './database.ts'
import type { Outbox } from './outbox.ts'
import type { BatchKey, Settlement } from './queue.ts'

interface LateSettlement {
  readonly destination: string
  readonly key: BatchKey
  readonly settlement: Settlement
}

/** What became of items on the disk, and could not be noted there yet. */
export class LateSettlements {
  readonly #waiting: LateSettlement[] = []

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  add(settlement: LateSettlement): void {
    this.#waiting.push(settlement)
  }

  /** Notes one after another, for as long as the disk takes them. Where there is none any more nothing is left to note. */
  noteIn(disk: Outbox | undefined): void {
    while (this.#waiting.length > 0) {
      const { destination, key, settlement } = this.#waiting[0]!
      try {
        disk?.settle(destination, key, settlement)
        this.#waiting.shift()
      } catch (error) {
        if (!isStorageError(error)) throw error
        return
      }
    }
  }
}
