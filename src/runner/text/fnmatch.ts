const token = /\[(!?)(\]?[^\]]*)\]|[\s\S]/g

/** A pattern as Python's `fnmatch` has it, as a regular expression: `*`, `?`, `[a-z]`, `[!a-z]`. */
export function fnmatch(pattern: string): RegExp {
  const source = pattern.replaceAll(token, (found: string, not: string | undefined, set: string | undefined) => {
    if (found === '*') return '.*'
    if (found === '?') return '.'
    if (set === undefined) return found.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
    return `[${not === '!' ? '^' : ''}${set.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`
  })
  return new RegExp(`^(?:${source})$`, 's')
}
