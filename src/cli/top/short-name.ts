const mostCharacters = 200

/** A name or id as the board keeps it; null for what is none. */
export function shortName(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, mostCharacters) : null
}
