import type { Random } from '../../bench/random.ts'
import { parse, stringify } from '../../src/inspect/json.ts'
import { pick, type Mutation } from './mutation.ts'
import { partMutation, type EditedPart } from './part-mutation.ts'
import { oddNames, rawValue } from './raw-values.ts'

type Holder = { [key: string]: unknown }

/** A value where it stands. */
interface Place {
  readonly holder: Holder
  readonly key: string
  readonly path: string
}

const hole = '@@HOLE@@'

/** A change of one value of a part. `raw` is put in its place as it is, if given. */
function valueMutation(
  what: string,
  fits: (value: unknown) => boolean,
  edit: (place: Place, random: Random) => { note?: string; raw?: string } | undefined,
): Mutation {
  return partMutation(`values/${what}`, true, (text, random): EditedPart | undefined => {
    const root: Holder = { root: parse(text) }
    const place = pickPlace(root, random, fits)
    if (!place) return undefined
    const edited = edit(place, random)
    if (!edited) return undefined
    const { note = '', raw } = edited
    if (raw !== undefined) place.holder[place.key] = hole
    const written = stringify(root['root'])
    return {
      note: `${place.path} ${note}`.trimEnd(),
      text: raw === undefined ? written : written.replace(`"${hole}"`, () => raw),
    }
  })
}

/** Changes of values and of their shape. */
export const valueMutations: readonly Mutation[] = [
  valueMutation('replaced', isAnything, (_place, random) => {
    const raw = rawValue(random)
    return { note: `is ${raw.slice(0, 60)}`, raw }
  }),
  partMutation('values/field', true, (text, random) => {
    const root: Holder = { root: parse(text) }
    const fields = placesByField(root)
    const path = pick(random, [...fields.keys()])
    const { holder, key } = pick(random, fields.get(path)!)
    const raw = rawValue(random)
    holder[key] = hole
    return { note: `${path} is ${raw.slice(0, 60)}`, text: stringify(root['root']).replace(`"${hole}"`, () => raw) }
  }),
  valueMutation('dropped', isAnything, ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
    return {}
  }),
  valueMutation('renamed', isAnything, ({ holder, key }, random) => {
    if (Array.isArray(holder)) return undefined
    const name = pick(random, oddNames)
    const value = holder[key]
    delete holder[key]
    define(holder, name, value)
    return { note: `is ${name.slice(0, 30)}` }
  }),
  valueMutation('added', isObject, ({ holder, key }, random) => {
    const value = holder[key]
    const name = pick(random, oddNames)
    define(value as Holder, name, pick<unknown>(random, [{ polluted: true }, 'x', 1, null, []]))
    return { note: `has ${name.slice(0, 30)}` }
  }),
  valueMutation('copied', isList, ({ holder, key }, random) => {
    const list = holder[key] as unknown[]
    if (list.length === 0) return undefined
    const item: unknown = pick(random, list)
    const count = pick(random, [1, 2, 10, 1000])
    const size = JSON.stringify(item).length
    const copies = Array.from({ length: Math.min(count, Math.ceil(3e6 / size)) }, () => item)
    list.splice(random.below(list.length + 1), 0, ...copies)
    return { note: `+ ${copies.length} × the same` }
  }),
  valueMutation('reordered', isList, ({ holder, key }, random) => {
    const list = holder[key] as unknown[]
    if (list.length < 2) return undefined
    if (random.below(2) === 0) list.reverse()
    else list.push(...list.splice(0, 1 + random.below(list.length - 1)))
    return {}
  }),
  valueMutation('moved', isAnything, (place, random) => {
    const { holder, key } = place
    const keys = Object.keys(holder)
    const other = pick(random, keys)
    const value = holder[key]
    holder[key] = holder[other]
    holder[other] = value
    return { note: `and ${other}` }
  }),
  valueMutation('wrapped', isAnything, ({ holder, key }, random) => {
    const depth = pick(random, [1, 2, 1000, 20_000])
    const [open, close] = pick(random, [
      ['[', ']'],
      ['{"a":', '}'],
      ['{"events":[', ']}'],
      ['{"event":"tool","timestamp":"2026-11-21T09:11:19Z","function":"f","events":[', ']}'],
    ] as const)
    return { note: `in ${depth} × ${open}`, raw: open.repeat(depth) + stringify(holder[key]) + close.repeat(depth) }
  }),
]

/** All values by the field that they are of, whichever element of a list it is in: fields that are rare come up too. */
function placesByField(root: Holder): Map<string, Place[]> {
  const fields = new Map<string, Place[]>()
  const visit = (holder: Holder, key: string, path: string): void => {
    const known = fields.get(path)
    if (known) known.push({ holder, key, path })
    else fields.set(path, [{ holder, key, path }])
    const value = holder[key]
    if (typeof value !== 'object' || value === null) return
    const { event = '' } = value as Holder
    for (const name of Object.keys(value)) {
      visit(value as Holder, name, Array.isArray(value) ? `${path}[]` : `${path}${String(event)}.${name}`)
    }
  }
  visit(root, 'root', '$')
  return fields
}

function isAnything(): boolean {
  return true
}

function isList(value: unknown): boolean {
  return Array.isArray(value)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pickPlace(root: Holder, random: Random, fits: (value: unknown) => boolean): Place | undefined {
  for (let tries = 0; tries < 10; tries += 1) {
    const place = anyPlace(root, random)
    if (fits(place.holder[place.key])) return place
  }
  return undefined
}

/** A list in a list is as likely as the fields of the whole; long lists must not hide what is beside them. */
function anyPlace(root: Holder, random: Random): Place {
  let place: Place = { holder: root, key: 'root', path: '$' }
  for (;;) {
    const value = place.holder[place.key]
    if (typeof value !== 'object' || value === null) return place
    const keys = Object.keys(value)
    if (keys.length === 0 || random.below(8) === 0) return place
    const key = pick(random, keys)
    place = {
      holder: value as Holder,
      key,
      path: Array.isArray(value) ? `${place.path}[${key}]` : `${place.path}.${key}`,
    }
  }
}

/** As `JSON.parse` does it: `__proto__` becomes a field like others. */
function define(holder: Holder, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
}
