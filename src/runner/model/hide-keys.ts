import { isNativeError } from 'node:util/types'
import { knownKeys, shortestKey } from '../../hooks/known-keys.ts'
import { Needles } from '../../needles.ts'

const secretName = /(^|_)(API_?KEY|ACCESS_KEY|TOKEN|SECRET|PASSWORD)$/i
/** What is deeper no log shows, and the stack has an end. */
const deepest = 50

type Environment = { readonly [name: string]: string | undefined }

/** The variables of an environment that hold keys. */
export function keyVariables(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => secretName.test(name)))
}

/** A text without the keys that somebody may have repeated in it: those given, those known and those of the environment. */
export function hideKeys(text: string, keys: readonly string[] = [], environment: Environment = process.env): string {
  return needlesOf(secrets(keys, environment)).mask(text)
}

/**
 * What was thrown, with no key in any of its texts, its stack and its causes. Where there is one it is a copy of the same
 * class: the object itself is another's, may be frozen, and may lead to the client that makes the next call with that key.
 */
export function withoutKeys(
  thrown: unknown,
  keys: readonly string[] = [],
  environment: Environment = process.env,
): unknown {
  const needles = needlesOf(secrets(keys, environment))
  return holds(thrown, needles, new Set()) ? copyOf(thrown, needles, new Map()) : thrown
}

function secrets(keys: readonly string[], environment: Environment): readonly string[] {
  const values = Object.values(keyVariables(environment)).filter((value) => value !== undefined)
  return [...new Set([...keys, ...knownKeys(), ...values])].filter((key) => key.length >= shortestKey)
}

let latest: { readonly secrets: string; readonly needles: Needles } | undefined

/** They are the same for most of a run. */
function needlesOf(all: readonly string[]): Needles {
  const key = all.join('\0')
  if (latest?.secrets !== key) latest = { secrets: key, needles: new Needles(all) }
  return latest.needles
}

function holds(value: unknown, needles: Needles, seen: Set<unknown>, depth = 0): boolean {
  if (typeof value === 'string') return needles.mayBeIn(value) && needles.mask(value) !== value
  if (!isHolder(value) || seen.has(value) || depth > deepest) return false
  seen.add(value)
  if (value instanceof Map || value instanceof Set) {
    return [...value].some((each) => holds(each, needles, seen, depth + 1))
  }
  return fieldsOf(value).some(([, field]) => holds(field, needles, seen, depth + 1))
}

function copyOf(value: unknown, needles: Needles, copies: Map<unknown, unknown>, depth = 0): unknown {
  if (typeof value === 'string') return needles.mask(value)
  if (!isHolder(value) || depth > deepest) return value
  const made = copies.get(value)
  if (made !== undefined) return made
  const copy = (each: unknown): unknown => copyOf(each, needles, copies, depth + 1)
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>()
    copies.set(value, map)
    for (const [name, each] of value) map.set(copy(name), copy(each))
    return map
  }
  if (value instanceof Set) {
    const set = new Set<unknown>()
    copies.set(value, set)
    for (const each of value) set.add(copy(each))
    return set
  }
  // What is neither an error nor a plain object may not work as a copy.
  if (!isPlain(value) && !isError(value) && !holds(value, needles, new Set())) return value
  const like: object = Array.isArray(value) ? [] : isError(value) ? new Error() : {}
  Object.setPrototypeOf(like, Object.getPrototypeOf(value) as object | null)
  copies.set(value, like)
  const enumerable = new Set(Object.keys(value))
  for (const [name, field] of fieldsOf(value)) {
    const isShown = enumerable.has(name as string)
    Object.defineProperty(like, name, { value: copy(field), writable: true, configurable: true, enumerable: isShown })
  }
  return like
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}

function isError(value: object): value is Error {
  return isNativeError(value) || value instanceof Error
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

/** Its own ones, symbols included: the AI SDK knows its errors by them. Those of an error may be its class's. */
function fieldsOf(holder: object): (readonly [string | symbol, unknown])[] {
  const names = new Set<string | symbol>(Reflect.ownKeys(holder))
  if (isError(holder))
    for (const name of ['name', 'message', 'stack', 'cause', 'code']) if (name in holder) names.add(name)
  return [...names].flatMap((name) => {
    // What was asked is the sample's, and no key is in it.
    if (name === 'requestBodyValues' || (Array.isArray(holder) && name === 'length')) return []
    try {
      return [[name, Reflect.get(holder, name)] as const]
    } catch {
      // A getter that throws shows nothing.
      return []
    }
  })
}
