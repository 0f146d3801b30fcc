/** Sets variables until it is disposed of. */
export function environment(variables: Record<string, string | undefined>): Disposable {
  const before = { ...process.env }
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  return {
    [Symbol.dispose]() {
      process.env = before
    },
  }
}
