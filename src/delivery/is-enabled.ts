/** Whether a sink is on; one that cannot say so is not. */
export function isEnabled(sink: { enabled(): boolean }): boolean {
  try {
    return sink.enabled()
  } catch {
    return false
  }
}
