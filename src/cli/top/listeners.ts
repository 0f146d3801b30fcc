import { shownPath } from '../../files/shown-path.ts'
import { ask, type Address, type Answer } from './listener.ts'
import { mergeSnapshots } from './merge.ts'
import type { BoardSnapshot } from './snapshot.ts'

export interface Seen {
  /** Of all listeners together; undefined when there is none. */
  readonly snapshot: BoardSnapshot | undefined
  /** Of the listeners that are there and do not tell: `…/run-12.sock: no answer within 2 s`. */
  readonly problems: readonly string[]
}

/** Long enough for one that is busy. */
const timeoutMs = 2000

/** All listeners that there are, each asked on its own, so that one that hangs holds up no other. */
export class Listeners {
  readonly #find: () => readonly Address[]
  readonly #isNamed: boolean
  readonly #answers = new Map<string, { readonly address: Address; readonly answer: Answer }>()
  readonly #asking = new Map<string, Promise<void>>()

  /** `find` says where they are; it is called with each look. `isNamed`: that nobody is there is a problem. */
  constructor(find: () => readonly Address[], isNamed: boolean) {
    this.#find = find
    this.#isNamed = isNamed
  }

  /** Asks all that are not being asked. Resolves when all have answered, or had their time. */
  async look(): Promise<void> {
    const addresses = new Map(this.#find().map((address) => [nameOf(address), address]))
    for (const name of this.#answers.keys()) if (!addresses.has(name)) this.#answers.delete(name)
    for (const [name, address] of addresses) {
      if (this.#asking.has(name)) continue
      const asked = ask(address, timeoutMs).then((answer) => {
        this.#answers.set(name, { address, answer })
        this.#asking.delete(name)
      })
      this.#asking.set(name, asked)
    }
    await Promise.all(this.#asking.values())
  }

  /** What they said last. */
  seen(): Seen {
    const answers = [...this.#answers.values()]
    const snapshots = answers.flatMap(({ answer }) => (answer.kind === 'snapshot' ? [answer.snapshot] : []))
    return {
      snapshot: mergeSnapshots(snapshots),
      problems: answers.flatMap(({ address, answer }) => {
        if (answer.kind === 'problem') return [`${nameOf(address)}: ${answer.problem}`]
        return answer.kind === 'gone' && this.#isNamed ? [`${nameOf(address)}: no listener is there`] : []
      }),
    }
  }
}

function nameOf(address: Address): string {
  if ('socket' in address) return shownPath(address.socket)
  return new URL(address.url).origin
}
