import { credentialName, credentialNames, looksRandom } from './credential-names.ts'
import { masked } from './marks.ts'

interface Region {
  readonly start: number
  readonly end: number
}

/**
 * Masks the values of fields with names of credentials: in JSON, also in JSON within a JSON string, in representations of
 * Python's dictionaries, tuples and arguments, and in dumps of headers. What is not quoted is masked in dumps of headers
 * alone, so numbers stay as they are.
 */
export function maskFields(text: string): string {
  const names = credentialNames()
  let result = ''
  let done = 0
  for (let match = names.exec(text); match; match = names.exec(text)) {
    const nameEnd = match.index + match[0].length
    const nameStart = startOfName(text, match.index)
    const name = text.slice(nameStart, nameEnd)
    const region = quotedValue(text, { start: nameStart, end: nameEnd }, name) ?? headerValue(text, nameStart, nameEnd)
    if (!region) continue
    result += text.slice(done, region.start) + masked
    done = region.end
    names.lastIndex = Math.max(region.end, nameEnd)
  }
  return done === 0 ? text : result + text.slice(done)
}

const longestName = 64

/** The name may have a prefix (`x-goog-`), but the letter of an escape such as `\n` before it is no part of it. */
function startOfName(text: string, from: number): number {
  let start = from
  while (start > 0 && from - start < longestName && /[\w-]/.test(text[start - 1]!)) start -= 1
  return text[start - 1] === '\\' && start < from && /[nrt]/.test(text[start]!) ? start + 1 : start
}

/** After a name: its closing quote, what separates it from its value, and the value's opening quote. */
const assigned = /\\*["'`]?\s{0,16}(?::=?|=>|=)\s{0,16}[bBuUrRfF]{0,2}(\\*)(["'`])/y
/** `{"name": NAME, "value": VALUE}` */
const named = /\\*["']\s{0,16},\s{0,16}\\*["']value\\*["']\s{0,16}:\s{0,16}(\\*)(["'])/y
/** `("name", "value")`, and nothing more in it. */
const paired = /\\*["']\s{0,16},\s{0,16}[bBuU]?(\\*)(["'])/y

function quotedValue(text: string, { start, end }: Region, name: string): Region | undefined {
  const single = matchAt(assigned, text, end) ?? matchAt(named, text, end)
  const opening = single ?? (beginsPair(text, start, name) ? matchAt(paired, text, end) : undefined)
  if (!opening) return undefined
  const valueStart = end + opening[0].length
  const region = { start: valueStart, end: closingQuote(text, valueStart, opening[1]!.length, opening[2]!) }
  if (region.end === region.start) return undefined
  const value = text.slice(region.start, region.end)
  if (!single && (credentialName(value) || !endsPair(text, region.end))) return undefined
  return credentialName(name) === 'certain' || looksRandom(value) ? region : undefined
}

function beginsPair(text: string, nameStart: number, name: string): boolean {
  return isHeaderName(name) && /[([]\s{0,16}[bBuU]?\\*["']$/.test(text.slice(Math.max(0, nameStart - 64), nameStart))
}

function endsPair(text: string, valueEnd: number): boolean {
  return /^\\*["']\s{0,16}[)\]]/.test(text.slice(valueEnd, valueEnd + 64))
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index
  return pattern.exec(text) ?? undefined
}

/**
 * Where a quoted value ends: at a quote with as many backslashes before it as the opening one has. Each level of JSON in
 * JSON doubles the backslashes, so `depth` + 1 of them stand for one of the value's own. A value that was cut off ends with the
 * text.
 */
function closingQuote(text: string, from: number, depth: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes += 1
    const own = Math.max(0, slashes - depth) / (depth + 1)
    const closes = quote === '"' ? Math.floor(own) % 2 === 0 : slashes <= depth
    if (closes) return at - Math.min(slashes, depth)
  }
  return text.length
}

/** True for names of headers that carry credentials. */
export function isHeaderName(name: string): boolean {
  return credentialName(name) === 'certain' && /authorization|cookie|-|^api_?key$/i.test(name)
}

const schemes = /^(?:basic|bearer|digest|token|api-?key|key|negotiate|ntlm|hawk|aws4-hmac-sha256|sharedkey)\b/i

/** `Cookie: a=b` on a line of its own or in quotes; elsewhere only what looks like a credential. */
function headerValue(text: string, nameStart: number, nameEnd: number): Region | undefined {
  const name = text.slice(nameStart, nameEnd)
  const separator = isHeaderName(name) ? matchAt(/[ \t]{0,8}:[ \t]{0,8}/y, text, nameEnd) : undefined
  if (!separator) return undefined
  const start = nameEnd + separator[0].length
  if (text.startsWith(masked, start)) return undefined
  if (!beginsLine(text, nameStart)) {
    const token = matchAt(/(?:[A-Za-z-]{1,20}[ \t])?[^\s"'\\,;`]{6,}/y, text, start)
    return token && /\d/.test(token[0]) ? { start, end: start + token[0].length } : undefined
  }
  const region = { start, end: endOfHeader(text, start) }
  const value = text.slice(region.start, region.end).trim()
  const isValue = /cookie/i.test(name)
    ? value.includes('=')
    : schemes.test(value) || (value !== '' && !/\s\S+\s/.test(value))
  return isValue ? region : undefined
}

function beginsLine(text: string, nameStart: number): boolean {
  return /(?:^|[\r\n"'`{,<>(]|\\[rnt])[ \t]{0,8}$/.test(text.slice(Math.max(0, nameStart - 16), nameStart))
}

/** The end of the line, written out or as an escape, or of the string that the header is in. */
function endOfHeader(text: string, from: number): number {
  const ends = /[\r\n]|\\+[rn]|\\*["'`](?=[\s,}\])\\]|$)/g
  ends.lastIndex = from
  return ends.exec(text)?.index ?? text.length
}
