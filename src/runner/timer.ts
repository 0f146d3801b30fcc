/** What `setTimeout` takes at most: more than that it takes for no time at all. */
export const longestTimer = 2 ** 31 - 1

/** Calls something once so much time has passed, however much it is. Returns what takes that back. */
export function after(ms: number, call: () => void): () => void {
  const due = performance.now() + ms
  let timer: NodeJS.Timeout
  const look = (): void => {
    const left = due - performance.now()
    if (left <= 0) call()
    else timer = setTimeout(look, Math.min(Math.max(1, left), longestTimer))
  }
  timer = setTimeout(look, Math.min(ms, longestTimer))
  return () => clearTimeout(timer)
}
