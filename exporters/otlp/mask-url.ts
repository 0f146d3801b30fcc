/** Neither a password nor a key, be it in the query or in the path, is shown. */
export function maskUrl(value: string): string {
  const shown = value.replace(/\?.*$/s, '?***').replace(/^(.*?\/\/)?.*@/s, '$1***@')
  return keysIn(shown).reduce((text, key) => text.replaceAll(key, '***'), shown)
}

/** Parts of a path that are keys, as some backends have them in their addresses. Ids of projects are no secret. */
export function keysIn(path: string): string[] {
  return path.split('/').filter((part) => part.length >= leastKey && isRandom(part) && !uuid.test(part))
}

const leastKey = 32
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Not the name of a host, and no words with hyphens between them. */
function isRandom(part: string): boolean {
  return /^[\w~+=%-]+$/.test(part) && /\d/.test(part) && /[A-Za-z]/.test(part)
}
