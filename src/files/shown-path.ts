/**
 * A path for messages: of a URL neither the user nor the query, where passwords and signatures are. A password may hold
 * what ends that part of a URL and should have been escaped; then more is left out than need be.
 */
export function shownPath(path: string): string {
  const [, scheme, place = '', secret = ''] = /^([a-z][a-z\d+.-]+:\/\/)([^?#]*)(.*)$/is.exec(path) ?? []
  if (scheme === undefined) return path
  const isWeb = /^https?:/i.test(scheme)
  const [host = ''] = place.split('/', 1)
  if (isWeb && secret.includes('@') && (host === place || host.includes(':'))) return `${scheme}***`
  // Without a user there may be an @ in the rest all the same.
  const shown = host.includes('@') || host.includes(':') ? place.replace(/^.*@/s, '***@') : place
  return `${scheme}${shown}${isWeb && secret !== '' ? '?***' : secret}`
}
