import type { HookEvent } from '../hooks/hooks.ts'

/** Which samples are wanted, and which of these were found. */
export interface Selection {
  /** Ids of the dataset or uuids; empty for all. */
  readonly wanted: ReadonlySet<string>
  readonly found: Set<string>
  /** At most so many samples of each log. */
  readonly limit: number
}

/** Whether a sample is wanted; notes that it was found. */
export function isWanted(
  { wanted, found }: Selection,
  key: { id: string | number; uuid?: string | undefined },
): boolean {
  if (wanted.size === 0) return true
  const names = [String(key.id), key.uuid].filter((name) => name !== undefined && wanted.has(name))
  for (const name of names) found.add(name!)
  return names.length > 0
}

/** The events of the wanted samples of an event log, and those that are of no sample. */
export async function* selectEvents(events: AsyncIterable<HookEvent>, selection: Selection): AsyncGenerator<HookEvent> {
  const chosen = new Map<string, boolean>()
  let count = 0
  for await (const event of events) {
    const { data } = event
    const uuid = event.hook !== 'onBeforeModelGenerate' && 'sample_id' in data ? data.sample_id : undefined
    if (uuid && !chosen.has(uuid)) {
      const summary = 'summary' in data ? data.summary : 'sample' in data ? data.sample : undefined
      const isChosen = count < selection.limit && isWanted(selection, { id: summary?.id ?? uuid, uuid })
      if (isChosen) count += 1
      chosen.set(uuid, isChosen)
    }
    if (!uuid || chosen.get(uuid)) yield event
  }
}
