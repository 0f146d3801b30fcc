import { setImmediate as turn } from 'node:timers/promises'

/** What `run` comes to, or the signal's reason as soon as it is aborted: nobody can stop code that does not listen. */
export async function orAborted<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  const running = run()
  // Nobody hears of what it comes to after that.
  running.catch(() => {})
  try {
    return await Promise.race([running, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What `run` comes to. Once `signal` is aborted it has so many milliseconds more; then this rejects. */
export async function withGrace<T>(run: () => Promise<T>, signal: AbortSignal, ms: number): Promise<T> {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const end = (): void => late.abort(new Error(`the run is cancelled, and it did not end within ${ms / 1000} s`))
  const begin = (): void => {
    timer = setTimeout(end, ms)
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  try {
    return await orAborted(run, late.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', begin)
  }
}

/** As `orAborted`, but what listens to the signal has a moment to come to its own end first. */
export async function orUnwound<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let running: Promise<T> | undefined
  try {
    return await orAborted(() => (running = run()), signal)
  } catch (error) {
    if (signal.aborted && running) await Promise.race([running.catch(() => {}), turn()])
    throw error
  }
}
