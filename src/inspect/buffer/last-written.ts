import { stat } from 'node:fs/promises'

/** In milliseconds since 1970; undefined when there is no such database. What belongs to it may be missing. */
export async function lastWritten(database: string): Promise<number | undefined> {
  const [own, log] = await Promise.all([database, `${database}-wal`].map((each) => stat(each).catch(() => undefined)))
  return own && Math.max(own.mtimeMs, log?.mtimeMs ?? 0)
}
