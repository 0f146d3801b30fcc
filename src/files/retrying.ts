import { setTimeout as sleep } from 'node:timers/promises'
import { FileError } from './file-error.ts'

export interface Patience {
  /** In all. */
  readonly tries: number
  /** Before the second try; each wait after it is four times as long. */
  readonly waitMs: number
}

export const patience: Patience = { tries: 4, waitMs: 250 }

/** Tries again what failed for a reason that may pass. */
export async function retrying<T>(
  { tries, waitMs }: Patience,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof FileError && error.mayPass) || count >= tries || signal?.aborted) throw error
      await sleep(waitMs * 4 ** (count - 1) * (0.75 + Math.random() / 2), undefined, { signal })
    }
  }
}
