import { processWide } from './process-wide.ts'

/** What is shorter may be a word like any other. */
export const shortestKey = 8

const known = processWide('keys', () => new Set<string>())

/** From here on the key is in nothing that this process writes or sends, wherever somebody repeats it. */
export function rememberKey(key: string): void {
  if (key.length >= shortestKey) known.add(key)
}

/** The keys that models are called with, wherever they came from. It grows while the process lives. */
export function knownKeys(): ReadonlySet<string> {
  return known
}
