import { masked } from './masking/marks.ts'

/** Secrets that are known word by word, and the forms in which texts may hold them. */
export class Needles {
  /** Parts of them that a JSON text holds unchanged, however often it is encoded: one is there if a secret is. */
  readonly #probes: RegExp | undefined
  /** The longest first, so that none is left over from another. */
  readonly #written: readonly string[]
  readonly #encoded: readonly string[]

  constructor(secrets: readonly string[]) {
    const usable = secrets.filter((secret) => !masked.includes(secret))
    const probes = new Set(usable.flatMap(probesOf).map((probe) => probe.slice(0, probeLength)))
    if (probes.size > 0) this.#probes = new RegExp([...probes].map(escaped).join('|'))
    this.#written = sorted(usable.flatMap(writtenForms))
    this.#encoded = sorted(usable.flatMap(base64Forms))
  }

  /** False when the text, which may be JSON text of strings that hold JSON, holds none of them. */
  mayBeIn(text: string): boolean {
    return this.#probes?.test(text) ?? false
  }

  mask(text: string): string {
    let result = text
    for (const form of this.#written) if (result.includes(form)) result = result.replaceAll(form, masked)
    for (const form of this.#encoded) if (result.includes(form)) result = maskEncoded(result, form)
    return result
  }
}

/** Fewer characters would be found in every text, more take longer to look for. */
const probeLength = 6

function probesOf(secret: string): string[] {
  const unchanged = longestRun(secret, /[\w.~-]+/g)
  const plain =
    unchanged.length >= probeLength ? [unchanged] : writtenForms(secret).flatMap((form) => [form, jsonForm(form)])
  const inHex = hexForm(secret)
  return [...plain, inHex, inHex.toUpperCase(), ...base64Forms(secret).map((form) => longestRun(form, /[A-Za-z0-9]+/g))]
}

function longestRun(text: string, pattern: RegExp): string {
  return (text.match(pattern) ?? []).reduce((longest, run) => (run.length > longest.length ? run : longest), '')
}

/** As it is, in JSON however deep, in URLs, in hexadecimal digits. */
function writtenForms(secret: string): string[] {
  const inJson = jsonForm(secret)
  const inUrl = encodeURIComponent(secret.toWellFormed())
  return [
    secret,
    ...nestedForms(secret),
    asciiForm(inJson),
    inJson.replaceAll('/', '\\/'),
    inUrl,
    inUrl.replaceAll('%20', '+'),
    inUrl.replace(/%../g, (code) => code.toLowerCase()),
    // As Node shows a text in an object.
    secret.replaceAll("'", "\\'"),
    hexForm(secret),
    hexForm(secret).toUpperCase(),
  ]
}

/** A tool's arguments in JSON, told in a message, which is JSON in an attribute, which an exporter writes as JSON. */
function nestedForms(secret: string): string[] {
  const forms = [jsonForm(secret)]
  while (forms.length < deepestJson) forms.push(jsonForm(forms.at(-1)!))
  return forms
}

const deepestJson = 4

function jsonForm(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function hexForm(text: string): string {
  return Buffer.from(text).toString('hex')
}

/** As Python writes JSON. */
function asciiForm(text: string): string {
  return text.replace(/[\u0080-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The part of its Base64 that does not depend on what is before and after it, for each of the three ways to begin. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const form = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** The whole word of Base64 around it: what is before or after it in there belongs to the same credential. */
function maskEncoded(text: string, form: string): string {
  let result = ''
  let done = 0
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, done)) {
    let start = at
    while (start > done && isBase64(text, start - 1)) start -= 1
    // What looks like its beginning may be the rest of an escape: without it JSON would be none any more.
    if (text[start - 1] === '\\')
      start = Math.min(at, start + (/^u[\da-f]{4}/i.test(text.slice(start, start + 5)) ? 5 : 1))
    let end = at + form.length
    while (isBase64(text, end)) end += 1
    result += text.slice(done, start) + masked
    done = end
  }
  return result + text.slice(done)
}

function isBase64(text: string, index: number): boolean {
  return /[A-Za-z0-9+/_=-]/.test(text[index] ?? ' ')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}

function sorted(forms: readonly string[]): string[] {
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length)
}
