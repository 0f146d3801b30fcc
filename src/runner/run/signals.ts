import { processWide } from '../../hooks/process-wide.ts'

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

interface Running {
  /** What ends each run that is under way. */
  readonly cancels: Set<() => void>
  watched: readonly NodeJS.Signals[]
  caught: NodeJS.Signals | undefined
  interrupted: (name: NodeJS.Signals) => void
}

const running = processWide<Running>('running evals', () => ({
  cancels: new Set(),
  watched: [],
  caught: undefined,
  interrupted,
}))

/**
 * A signal cancels all runs of the process, so that they have their ends and their logs, and is given again when the last of them is
 * over: what becomes of the process is as it would be without us. A second one has its effect at once. A program with
 * a listener of its own decides itself. Returns what says that the run is over.
 */
export function cancelOnSignal(cancel: () => void): () => void {
  if (running.cancels.size === 0) {
    running.watched = names.filter((name) => process.listenerCount(name) === 0)
    for (const name of running.watched) process.on(name, running.interrupted)
  }
  running.cancels.add(cancel)
  return () => {
    running.cancels.delete(cancel)
    if (running.cancels.size > 0) return
    stopWatching()
    const { caught } = running
    running.caught = undefined
    if (caught) process.kill(process.pid, caught)
  }
}

function interrupted(name: NodeJS.Signals): void {
  if (running.caught) {
    stopWatching()
    process.kill(process.pid, name)
    return
  }
  running.caught = name
  for (const cancel of running.cancels) cancel()
}

function stopWatching(): void {
  for (const name of running.watched) process.off(name, running.interrupted)
}
