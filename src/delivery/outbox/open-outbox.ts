import { openDatabase } from './database.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'

export type OutboxSettings = Pick<OutboxOptions, 'destinations' | 'maxBytes' | 'now'>

/** The outbox in a database file, or in `:memory:`; `tell` is told of a damaged file that is set aside. */
export async function openOutbox(
  path: string,
  settings: OutboxSettings,
  tell: (message: string) => void,
): Promise<Outbox> {
  return new Outbox({ database: await openDatabase(path, tell), ...settings })
}
