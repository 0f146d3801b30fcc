/** Nothing came in time. */
export class TooLate extends Error {}

/** Ends an act that takes too long, whether it minds the signal it is given or not. Rejects with a message for people. */
export async function within<T>(
  timeoutMs: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController()
  const expire = (): void => timeout.abort(new TooLate(`no answer within ${timeoutMs / 1000} s`))
  const timer = setTimeout(expire, timeoutMs)
  const either = AbortSignal.any([signal, timeout.signal])
  const aborted = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(either.reason instanceof Error ? either.reason : new Error('interrupted'))
    if (either.aborted) end()
    else either.addEventListener('abort', end, { once: true })
  })
  try {
    return await Promise.race([aborted, act(either)])
  } finally {
    clearTimeout(timer)
  }
}
