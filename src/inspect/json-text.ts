/** The JSON text of a value; undefined for what is nested too deeply, or too long, to be written. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
