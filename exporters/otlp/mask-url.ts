/** Neither a password nor a key in the query is shown. */
export function maskUrl(value: string): string {
  return value.replace(/\?.*$/s, '?***').replace(/^(.*?\/\/)?.*@/s, '$1***@')
}
