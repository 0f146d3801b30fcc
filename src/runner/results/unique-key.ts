/** The key, with a number from 2 behind it where it is taken. */
export function uniqueKey(key: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(key)) return key
  let number = 2
  for (const other of taken.keys()) {
    // As Inspect: what begins like a number counts, whatever comes behind.
    const digits = other.startsWith(key) ? /^\d+/.exec(other.slice(key.length)) : null
    if (digits && Number(digits[0]) >= number) number = Number(digits[0]) + 1
  }
  return `${key}${number}`
}
