import { stat } from 'node:fs/promises'

/** In milliseconds since 1970; undefined when there is no such file. Of a database what belongs to it counts. */
export async function lastWritten(path: string): Promise<number | undefined> {
  const [own, log] = await Promise.all([path, `${path}-wal`].map((each) => stat(each).catch(() => undefined)))
  return own && Math.max(own.mtimeMs, log?.mtimeMs ?? 0)
}
