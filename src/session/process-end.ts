const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface ProcessEnd {
  /** Must not wait for anything: the process is on its way out, however it came to that. */
  readonly exit: () => void
  /** There is time to wait: the process has nothing left to do, or a signal asks it to end. Not called when left out. */
  readonly finish?: (() => Promise<unknown>) | undefined
}

/** One listener for all: Node warns of more than ten. */
const open = new Set<ProcessEnd>()
const idle = new Set<ProcessEnd>()

/**
 * Has things put in order when the process ends by itself, by `process.exit`, by an uncaught error or by a signal. After a
 * signal whose effect is nobody else's business the process ends by that same signal, as it would have without us; a
 * second one ends it at once. Gives a function that takes all of this back.
 */
export function atProcessEnd(end: ProcessEnd): () => void {
  if (open.size === 0) {
    process.on('exit', onExit)
    process.on('beforeExit', onLastTurn)
  }
  open.add(end)
  idle.add(end)
  watchSignals()
  return () => {
    open.delete(end)
    idle.delete(end)
    watchSignals()
    if (open.size > 0) return
    process.removeListener('exit', onExit)
    process.removeListener('beforeExit', onLastTurn)
  }
}

/** While somebody wants to finish something. */
function watchSignals(): void {
  const isWanted = [...open].some(({ finish }) => finish)
  for (const name of signals) {
    process.removeListener(name, onSignal)
    if (isWanted) process.on(name, onSignal)
  }
}

function onExit(): void {
  for (const { exit } of open) exit()
}

/** Once for each: what it begins may bring another last turn. */
function onLastTurn(): void {
  const ends = [...idle]
  idle.clear()
  for (const { finish } of ends) void finish?.()
}

function onSignal(name: NodeJS.Signals): void {
  for (const each of signals) process.removeListener(each, onSignal)
  const isOurs = process.listenerCount(name) === 0
  void Promise.allSettled([...open].map(async ({ finish }) => finish?.())).then(() => {
    if (isOurs) process.kill(process.pid, name)
  })
}
