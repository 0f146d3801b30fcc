import { rename } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Puts a file in the place of another one, or where there is none. On Windows one that somebody reads cannot be replaced;
 * readers of logs are done with it soon.
 */
export async function replaceFile(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (attempt === mostAttempts || !inUse.has((error as NodeJS.ErrnoException).code ?? '')) throw error
      await sleep(attempt * 20)
    }
  }
}

const mostAttempts = 10
const inUse = new Set(['EACCES', 'EBUSY', 'EPERM'])
