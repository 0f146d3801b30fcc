/** A path for messages: of a URL neither the user nor the query, where passwords and signatures are. */
export function shownPath(path: string): string {
  return path.replace(/^([a-z][a-z\d+.-]+:\/\/)[^/?#]*@/i, '$1***@').replace(/^(https?:\/\/[^?#]*)[?#].*$/is, '$1?***')
}
