/**
 * A value as Inspect writes it into a log: a lone surrogate becomes the six characters of its escape, which cannot be
 * told from a text that has these characters.
 */
export function asLogged(value: unknown): unknown {
  if (typeof value === 'string')
    return value.isWellFormed()
      ? value
      : value.replace(/\p{Surrogate}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
  if (Array.isArray(value)) return value.map(asLogged)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [asLogged(key), asLogged(item)]))
}
