const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface ProcessEnd {
  /** Must not wait for anything: the process is on its way out, however it came to that. */
  readonly exit: () => void
  /** There is time to wait: the process has nothing left to do, or a signal asks it to end. Not called when left out. */
  readonly finish?: (() => Promise<unknown>) | undefined
}

/**
 * Has things put in order when the process ends by itself, by `process.exit`, by an uncaught error or by a signal. After a
 * signal whose effect is nobody else's business the process ends by that same signal, as it would have without us; a
 * second one ends it at once. Gives a function that takes all of this back.
 */
export function atProcessEnd({ exit, finish }: ProcessEnd): () => void {
  const onSignal = (name: NodeJS.Signals): void => {
    for (const each of signals) process.removeListener(each, onSignal)
    const isOurs = process.listenerCount(name) === 0
    void Promise.resolve(finish?.()).finally(() => {
      if (isOurs) process.kill(process.pid, name)
    })
  }
  const onLastTurn = (): void => void finish?.()
  process.on('exit', exit)
  process.once('beforeExit', onLastTurn)
  if (finish) for (const each of signals) process.on(each, onSignal)
  return () => {
    process.removeListener('exit', exit)
    process.removeListener('beforeExit', onLastTurn)
    for (const each of signals) process.removeListener(each, onSignal)
  }
}
