import type { Accounts, OpenDestination } from './accounts.ts'
import type { CommitRow } from './commit.ts'
import { shortened, type Objects } from './objects.ts'
import type { Queue } from './queue.ts'
import type { Sql } from './sql.ts'
import type { Elsewhere } from './take-over.ts'

export interface HandOverParts {
  readonly objects: Objects
  readonly queue: Queue
  readonly accounts: Accounts
  readonly session: number
}

interface ItemKey {
  readonly object: string
  readonly id: string
}

/** What an outbox holds for a destination, to be taken over by another. */
export function handOver(
  { objects, queue, accounts, session }: HandOverParts,
  { id, name }: OpenDestination,
): Elsewhere {
  const waiting = new Set(queue.all(id).map((item) => keyOfItem(item)))
  return {
    filed: (item) => objects.seen(item.object, shortened(item.id))?.filed.has(id) ?? false,
    waits: (item) => waiting.has(keyOfItem(item)),
    states: queue.states(id),
    books: accounts.report(session).find((report) => report.destination === name)!,
  }
}

/** All that waits for anybody, as it was committed. */
export function waitingRows(sql: Sql): CommitRow[] {
  return sql.all<CommitRow>(
    `SELECT o.name AS object, i.id, i.kind, i.time, i.digest, i.rule, i.json, length(i.json) AS size
     FROM item i JOIN object o ON o.id = i.object ORDER BY i.seq`,
  )
}

function keyOfItem({ object, id }: ItemKey): string {
  return `${object} ${id}`
}
