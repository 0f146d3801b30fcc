import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { messageOf } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import type { Json } from '../../inspect/records.ts'

/** Reads the text of an option; `before` is what the same option gave already. Throws an `InvalidArgumentError`. */
export type ReadValue = (text: string, before?: unknown) => unknown

export type Values = { readonly [name: string]: Json }

export function number(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): ReadValue {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && value >= least && value <= most && Number.isFinite(value)) return value
    const range = `${Number.isFinite(least) ? ` from ${least}` : ''}${Number.isFinite(most) ? ` to ${most}` : ''}`
    throw new InvalidArgumentError(`Give a number${range}.`)
  }
}

export function wholeNumber(least?: number): ReadValue {
  return (text) => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && Number.isSafeInteger(value) && value >= (least ?? value)) return value
    throw new InvalidArgumentError(`Give a whole number${least === undefined ? '' : ` from ${least}`}.`)
  }
}

/** A whole number, or a word: yes for `yes`, and 0 for no. */
export function countOrWord(yes: number): ReadValue {
  return (text) => {
    const word = truth(text)
    return text === '1' || word === undefined ? wholeNumber(0)(text) : word ? yes : 0
  }
}

/** The seed of a random order; any for a word that says yes. */
export const seed: ReadValue = (said) => truth(said) ?? wholeNumber(0)(said)

/** How long answers are good: a week for a word that says yes, so many days for a number, or `12h`. */
export const cache: ReadValue = (said) => {
  if (/^\d+[smhDWMY]?$/.test(said) && said !== '1') return { expiry: /\d$/.test(said) ? `${said}D` : said }
  const word = truth(said)
  if (word !== undefined) return word
  throw new InvalidArgumentError('Give a duration, such as 12h, 7D or 1W.')
}

/** The meaning of a word, as Inspect's command line and variables have them; undefined for any other text. */
export function truth(text: string): boolean | undefined {
  if (/^(true|t|yes|y|on|1)$/i.test(text.trim())) return true
  return /^(false|f|no|n|off|0)$/i.test(text.trim()) ? false : undefined
}

export function oneOf(...words: readonly string[]): ReadValue {
  return (text) => {
    if (words.includes(text)) return text
    throw new InvalidArgumentError(`Give ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`)
  }
}

export const text: ReadValue = (value) => value

/** With commas between them; more of them when the option is given again. */
export const texts: ReadValue = (value, before) => [
  ...((before as readonly string[] | undefined) ?? []),
  ...value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
]

/** `10`, or `10-20`: samples as Inspect counts them here, from 1, both of them too. */
export const samples: ReadValue = (value) => {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(value.trim()) ?? []
  const [from, to] = [Number(first), Number(last ?? first)]
  if (!(from >= 1 && to >= from)) throw new InvalidArgumentError('Give a number from 1, or a range such as 10-20.')
  return last === undefined ? to : [from - 1, to]
}

const units: { readonly [unit: string]: number } = { '': 1, k: 1e3, m: 1e6, b: 1e9 }

/** `500000`, `500k`, `1.5m`. */
export const tokens: ReadValue = (value) => {
  const [, count, unit = ''] = /^\s*(?:all:)?(\d+(?:\.\d+)?)\s*([kmb]?)\s*$/i.exec(value) ?? []
  const limit = Math.round(Number(count) * units[unit.toLowerCase()]! * 1000) / 1000
  if (Number.isSafeInteger(limit)) return limit
  throw new InvalidArgumentError(
    'Give a number of tokens, such as 500000, 500k or 1m; all tokens of a sample are counted.',
  )
}

/** `name=value`, together with those before; values are read as YAML, as in Inspect. */
export const argument: ReadValue = (said, before) => {
  const [, name, value] = /^([^\s=]+)=(.*)$/s.exec(said) ?? []
  if (name === undefined) throw new InvalidArgumentError('Give a name and a value: level=3.')
  return { ...(before as Values | undefined), [name.replaceAll('-', '_')]: yamlValue(value!) }
}

/** A YAML value; a bare text with commas is a list. */
function yamlValue(said: string): Json {
  const value = yaml(said)
  if (typeof value !== 'string' || !value.includes(',')) return value
  return value.split(',')
}

/** An object, in YAML or JSON. */
export const mapping: ReadValue = (said) => {
  const value = yaml(said)
  if (isObject(value) && !Array.isArray(value)) return value
  throw new InvalidArgumentError("Give an object in YAML or JSON: '{name: value}'.")
}

/** The object in a file of YAML or JSON. */
export function configFile(folder: string): ReadValue {
  return (file) => {
    let content: string
    try {
      content = readFileSync(resolve(folder, file), 'utf8')
    } catch (error) {
      throw new InvalidArgumentError(`It cannot be read: ${messageOf(error)}.`)
    }
    return mapping(content)
  }
}

/** As PyYAML reads it, for which `yes` is true; but for times, which stay texts. */
function yaml(said: string): Json {
  try {
    return (parse(said, {
      version: '1.1',
      logLevel: 'error',
      customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
    }) ?? null) as Json
  } catch (error) {
    const [problem] = messageOf(error).split('\n')
    throw new InvalidArgumentError(`It is no YAML (${problem?.replace(/:$/, '')}); put a text into quotes.`)
  }
}
