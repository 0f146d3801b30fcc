import { dirname } from 'node:path'
import {
  isInMemory,
  outboxFolders,
  OutboxReader,
  presentOutboxes,
  Store,
  type DestinationReport,
  type Overview,
} from '../delivery/index.ts'
import { EvalspanError } from '../errors.ts'
import type { CliContext } from './context.ts'
import { counted, formatNumber } from './quantity.ts'
import { tell } from './tell.ts'

/** An outbox that is there, and what was found in it. */
export interface Found<T> {
  readonly path: string
  readonly folder: string
  readonly found: T
}

/**
 * Looks into the outbox without making one; undefined when there is none. Tells of another in which something waits: where
 * a folder could not be used for a while, items went elsewhere.
 */
export async function lookIntoOutbox<T>(
  context: CliContext,
  look: (reader: OutboxReader) => T,
): Promise<Found<T> | undefined> {
  let first: Found<T> | undefined
  for (const path of presentOutboxes()) {
    const folder = dirname(path)
    if (!first) {
      const found = await OutboxReader.read(path, (reader) => ({ it: look(reader) }))
      if (found) first = { path, folder, found: found.it }
    } else {
      const other = await OutboxReader.read(path, (reader) => reader.overview()).catch(() => undefined)
      const waiting = sumOfWaiting(other?.destinations ?? [])
      const what = `${counted(waiting, 'item')} more wait${waiting === 1 ? 's' : ''} in ${folder}`
      if (waiting > 0) tell(context, `${what}; EVALSPAN_OUTBOX=${folder} leads there`)
    }
  }
  return first
}

export function lookOver(context: CliContext): Promise<Found<Overview> | undefined> {
  return lookIntoOutbox(context, (reader) => reader.overview())
}

/** What is to be said when there is no outbox. */
export function noOutboxText(): string {
  if (isInMemory()) return 'EVALSPAN_OUTBOX is `none`: nothing is kept, so nothing waits.'
  return `No outbox yet in ${outboxFolders(process.env)[0]}: nothing waits.`
}

/** What is to be said of spans whose processes are gone. */
export function lostDraftsText(count: number): string {
  const what =
    count === 1
      ? '1 draft is of a process that is gone'
      : `${formatNumber(count)} drafts are of processes that are gone`
  return `${what}: a replay of the log completes them, \`evalspan flush --seal\` closes them as incomplete`
}

/** Moves items in the outbox; no destination has to be on for that, and nothing is sent. */
export async function inOutbox<T>(path: string, context: CliContext, work: (store: Store) => Promise<T>): Promise<T> {
  const maxBytes = Number.MAX_SAFE_INTEGER
  const store = new Store({ sinks: [], metricSinks: [], paths: [path], maxBytes, tell: (line) => tell(context, line) })
  try {
    return await work(store)
  } finally {
    await store.close({})
  }
}

/** The destinations that are meant by names of sinks (`otlp/traces`) or of destinations; all of them by none. */
export function pickDestinations(
  names: readonly string[],
  destinations: readonly DestinationReport[],
): readonly DestinationReport[] {
  const isMeant = (name: string, { sink, destination }: DestinationReport): boolean =>
    name === sink || name === destination
  const unknown = names.find((name) => !destinations.some((each) => isMeant(name, each)))
  if (unknown !== undefined) {
    const known = destinations.map(({ sink, destination }) =>
      destinations.some((other) => other.sink === sink && other.destination !== destination) ? destination : sink,
    )
    const list = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none at all'
    throw new EvalspanError('BAD_OPTION', `no destination \`${unknown}\` in the outbox: ${list}`)
  }
  return names.length === 0 ? destinations : destinations.filter((each) => names.some((name) => isMeant(name, each)))
}

export function sumOfWaiting(destinations: readonly DestinationReport[]): number {
  return destinations.reduce((sum, { waiting }) => sum + waiting, 0)
}
