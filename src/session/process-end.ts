const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface ProcessEnd {
  /** Must not wait for anything: the process is on its way out, however it came to that. */
  readonly exit: () => void
  /** A signal asks the process to end. Not called when left out. */
  readonly signal?: (() => Promise<unknown>) | undefined
}

/**
 * Has things put in order when the process ends by itself, by `process.exit`, by an uncaught error or by a signal. After a
 * signal whose effect is nobody else's business the process ends by that same signal, as it would have without us; a
 * second one ends it at once. Gives a function that takes all of this back.
 */
export function atProcessEnd({ exit, signal }: ProcessEnd): () => void {
  const onSignal = (name: NodeJS.Signals): void => {
    for (const each of signals) process.removeListener(each, onSignal)
    const isOurs = process.listenerCount(name) === 0
    void Promise.resolve(signal?.()).finally(() => {
      if (isOurs) process.kill(process.pid, name)
    })
  }
  process.on('exit', exit)
  if (signal) for (const each of signals) process.on(each, onSignal)
  return () => {
    process.removeListener('exit', exit)
    for (const each of signals) process.removeListener(each, onSignal)
  }
}
