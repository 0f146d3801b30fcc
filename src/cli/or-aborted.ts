/** Resolves with the promise, or when the signal is aborted, whatever comes first. */
export async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const listener = (): void => resolve()
  signal.addEventListener('abort', listener, { once: true })
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', listener)
  }
}
