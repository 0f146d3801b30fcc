/** One listener for all: Node warns of more than ten. */
const running = new Set<() => void>()

/**
 * Calls `tell` when nothing is left in the process that could go on, though a run is not over: code of it waits for what cannot
 * come, and the process would end without a word. Returns what says that the run is over.
 */
export function whenStuck(tell: () => void): () => void {
  if (running.size === 0) process.on('beforeExit', tellAll)
  running.add(tell)
  return () => {
    running.delete(tell)
    if (running.size === 0) process.off('beforeExit', tellAll)
  }
}

function tellAll(): void {
  const all = [...running]
  running.clear()
  process.off('beforeExit', tellAll)
  for (const tell of all) tell()
}
