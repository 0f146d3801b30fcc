import type { ObjectState } from '../item.ts'
import type { DestinationReport } from '../report.ts'
import type { Accounts } from './accounts.ts'
import type { CommitReply, CommitRequest, CommitRow } from './commit.ts'
import type { Leftovers } from './leftovers.ts'
import type { Queue } from './queue.ts'

/** What became of items elsewhere, for one destination. */
export interface Elsewhere {
  /** What was noted for the destination, whatever became of it. */
  readonly filed: (item: CommitRow) => boolean
  readonly waits: (item: CommitRow) => boolean
  /** By names of objects. */
  readonly states: ReadonlyMap<string, ObjectState>
  readonly books: DestinationReport
}

export interface TakeOverParts {
  readonly accounts: Accounts
  readonly queue: Queue
  readonly leftovers: Leftovers
  readonly session: number
  readonly objectId: (name: string) => number | undefined
}

/** Of items that were just committed here and had been elsewhere before, within the same transaction: brings the books home. */
export function takeOver(
  { accounts, queue, leftovers, session, objectId }: TakeOverParts,
  commits: readonly { readonly request: CommitRequest; readonly reply: CommitReply }[],
  destination: string,
  { filed, waits, states, books }: Elsewhere,
): void {
  const { id } = accounts.open(destination)
  const over: number[] = []
  const unfiled: number[] = []
  for (const { request, reply } of commits) {
    for (const [index, item] of request.items.entries()) {
      const seq = reply.seqs[index]!
      if (seq === 0) continue
      if (!filed(item)) unfiled.push(seq)
      else if (!waits(item)) over.push(seq)
    }
  }
  const settled = queue.count(id, over)
  queue.settle(id, { items: over, objects: [] }, { status: 'delivered', rejected: 0, reason: '' })
  leftovers.disown(id, unfiled)
  for (const [name, state] of states) {
    const object = objectId(name)
    if (object !== undefined) queue.setState(id, object, state)
  }
  // All that is over counts as delivered up to here; the books say more.
  const { delivered, rejected, dropped } = books
  const produced = delivered + rejected + dropped - settled
  accounts.adopt(session, [{ ...books, produced, delivered: delivered - settled, waiting: 0 }], '')
}
