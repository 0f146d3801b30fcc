const maximum = 100

/** What is wrong with arguments that are nested deeper than Inspect takes; undefined when they are not. */
export function depthError(value: unknown): string | undefined {
  const open: [value: unknown, depth: number][] = [[value, 1]]
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const [holder, depth] = entry
    if (typeof holder !== 'object' || holder === null) continue
    if (depth > maximum) return `arguments exceed the maximum supported nesting depth of ${maximum}`
    for (const member of Object.values(holder)) open.push([member, depth + 1])
  }
  return undefined
}
