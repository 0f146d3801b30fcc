import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Draft, Item } from '../../../src/delivery/item.ts'
import type { Destination } from '../../../src/delivery/outbox/accounts.ts'
import type { CommitReply, CommitRequest, CommitRow } from '../../../src/delivery/outbox/commit.ts'
import { openDatabase } from '../../../src/delivery/outbox/database.ts'
import { Outbox, type OutboxOptions } from '../../../src/delivery/outbox/outbox.ts'
import type { StoredBatch, Want } from '../../../src/delivery/outbox/queue.ts'

export const time = 1_790_000_000_000
export const everything: Want = { items: 1_000, bytes: 1e9, leaseMs: 60_000 }
export const delivered = { status: 'delivered', rejected: 0, reason: '' } as const

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'outbox-'))
}

export function newPath(): string {
  return join(newFolder(), 'outbox.db')
}

/** A destination of spans. */
export function place(name: string, more: Partial<Destination> = {}): Destination {
  return { name, sink: `test/${name}`, takes: ['span'], grouped: false, ...more }
}

export interface OpenOptions extends Partial<Omit<OutboxOptions, 'database'>> {
  readonly path?: string
}

/** A session on an outbox in a file, as the worker opens it. */
export async function openOutbox({ path = newPath(), ...options }: OpenOptions = {}): Promise<Outbox> {
  const database = await openDatabase(path, (message) => {
    throw new Error(message)
  })
  return new Outbox({ database, destinations: [place('one')], maxBytes: 1e9, now: () => time, ...options })
}

export function toRow(item: Item): CommitRow {
  const { measurements, time: at, body: _, ...row } = item
  const measured = measurements?.map((each) => [each.instrument.name, each.value, each.attributes, ...each.time])
  return { ...row, time: at.getTime(), measurements: measured ? JSON.stringify(measured) : undefined }
}

export interface CommitOptions {
  readonly on?: readonly string[]
  readonly again?: boolean
  readonly drafts?: readonly Draft[]
}

/** Commits items for the destination `one`, unless told otherwise. */
export function commit(outbox: Outbox, items: readonly Item[], options: CommitOptions = {}): CommitReply {
  const { on = ['one'], again = false, drafts = [] } = options
  const instruments = items.flatMap(({ measurements = [] }) => measurements.map(({ instrument }) => instrument))
  const request: CommitRequest = {
    items: items.map((item) => toRow(item)),
    drafts: drafts.map((draft) => ({ ...draft, time: draft.time.getTime() })),
    instruments,
    on,
    again,
  }
  return outbox.commit(request)
}

/** `object/id`, in the order of the batch. */
export function names(batch: StoredBatch | undefined): string[] | undefined {
  return batch?.items.map(({ object, id }) => `${object}/${id}`)
}

/** Takes what waits, batch after batch, and has all of it delivered. */
export function deliverAll(outbox: Outbox, destination = 'one'): string[] {
  const taken: string[] = []
  for (;;) {
    const batch = outbox.next(destination, everything)
    if (!batch) return taken
    taken.push(...names(batch)!)
    outbox.settle(destination, batch.key, delivered)
  }
}

/** `produced = delivered + waiting + rejected + dropped` of each destination. */
export function accounts(outbox: Outbox, of: 'session' | 'all' = 'all'): Record<string, string> {
  const equation = ({ produced, ...rest }: ReturnType<Outbox['report']>[number]): string =>
    `${produced} = ${rest.delivered} + ${rest.waiting} + ${rest.rejected} + ${rest.dropped}`
  return Object.fromEntries(outbox.report(of).map((report) => [report.destination, equation(report)]))
}
