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

/** Looks into the outbox that a command would use, without making one; undefined when there is none. */
export async function lookIntoOutbox<T>(look: (reader: OutboxReader) => T): Promise<Found<T> | undefined> {
  const { path } = await presentOutboxes()
  if (path === undefined) return undefined
  const seen = await OutboxReader.read(path, (reader) => ({ found: look(reader) }))
  return seen && { path, folder: dirname(path), ...seen }
}

export function lookOver(): Promise<Found<Overview> | undefined> {
  return lookIntoOutbox((reader) => reader.overview())
}

/** What is to be said of outboxes elsewhere in which something waits: a folder may not have been usable for a while. */
export async function otherOutboxTexts(): Promise<string[]> {
  const { others } = await presentOutboxes()
  const texts = others.map(async (path) => {
    const overview = await OutboxReader.read(path, (reader) => reader.overview()).catch(() => undefined)
    const waiting = sumOfWaiting(overview?.destinations ?? [])
    const folder = dirname(path)
    if (waiting === 0) return []
    return [`${counted(waiting, 'item')} more in ${folder}: EVALSPAN_OUTBOX=${folder} \`evalspan flush\` sends them`]
  })
  return (await Promise.all(texts)).flat()
}

/** What is to be said when there is no outbox. */
export async function noOutboxLines(): Promise<string[]> {
  if (isInMemory()) return ['EVALSPAN_OUTBOX is `none`: nothing is kept, so nothing waits.']
  return [`No outbox yet in ${outboxFolders(process.env)[0]}: nothing waits.`, ...(await otherOutboxTexts())]
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
