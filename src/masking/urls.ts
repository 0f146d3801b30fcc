import { credentialName, looksRandom } from './credential-names.ts'
import { masked } from './marks.ts'

/** Masks user info in URLs, credentials in query strings, forms and connection strings, and `API_KEY=…` in shell's text. */
export function maskUrls(text: string): string {
  let result = text
  if (text.includes('@')) result = maskUserInfo(result)
  if (text.includes('=')) result = maskQueries(result)
  return /[=:]/.test(result) ? maskAssignments(result) : result
}

/** `https://user:password@host`; the slashes may be escaped, as some JSON has them. */
function maskUserInfo(text: string): string {
  return text.replace(/(:(?:\\*\/){2})([^\s/?#"'\\<>]*)@/g, (whole, slashes: string, info: string) =>
    // The user of every repository, and no secret.
    info === 'git' || info === '' ? whole : `${slashes}${masked}@`,
  )
}

const queryName = /(?:^|[_.-])(?:key|token|sig|signature|secret|password|passwd|pwd|auth|jwt|credential)$/i

function maskQueries(text: string): string {
  return text.replace(
    /([?&#]|\\u0026|%26|%3F)([\w.~-]{1,64})=((?:\[masked\]|[^\s&"'<>#\\`)\]}])+)/gi,
    (whole, start: string, name: string) =>
      queryName.test(name) || credentialName(name) ? `${start}${name}=${masked}` : whole,
  )
}

function maskAssignments(text: string): string {
  return text.replace(
    /(?<![\w.-])([A-Za-z_-][\w.-]{2,80})([ \t]{0,4}[=:][ \t]{0,4})((?:\[masked\]|[^\s&"'<>\\`;,()[\]{}])+)/g,
    (whole, written: string, separator: string, value: string, offset: number) => {
      const name = text[offset - 1] === '\\' ? written.replace(/^[nrt]/, '') : written
      const certainty = credentialName(name)
      const after = text[offset + whole.length]
      return certainty && isAssigned(name, separator, value, after) ? `${written}${separator}${masked}` : whole
    },
  )
}

/** Programs say `api_key=config.key`, shells `API_KEY=…`, connection strings `Password=…;`, files `key = …`. */
function isAssigned(name: string, separator: string, value: string, after: string | undefined): boolean {
  if (value === masked) return false
  if (separator !== '=') return looksRandom(value, 20)
  if (after === '(' || after === '[' || value.startsWith('$')) return false
  if (value.length >= 6 && !/[a-z]/.test(name)) return true
  return after === ';' || (value.length >= 6 && /\d/.test(value))
}
