const secretName = /(^|_)(API_?KEY|ACCESS_KEY|TOKEN|SECRET|PASSWORD)$/i
/** What is shorter may be a word like any other. */
const shortest = 8

type Environment = { readonly [name: string]: string | undefined }

/** A text without the keys that a provider may have repeated in it: those given, and those of the environment. */
export function hideKeys(text: string, keys: readonly string[], environment: Environment = process.env): string {
  return hide(text, secrets(keys, environment))
}

/**
 * An error of a provider with no key in any of its texts, its stack and its causes: it goes to whoever handles errors of a
 * sample, and into the log. It stays the same object, so that it is still known for what it is.
 */
export function withoutKeys(thrown: unknown, keys: readonly string[], environment: Environment = process.env): unknown {
  const values = secrets(keys, environment)
  if (typeof thrown === 'string') return hide(thrown, values)
  if (values.length > 0) hideWithin(thrown, values, new Set())
  return thrown
}

function secrets(keys: readonly string[], environment: Environment): readonly string[] {
  const values = Object.entries(environment).flatMap(([name, value]) => (secretName.test(name) && value ? [value] : []))
  // A key that another one begins with would leave the rest of that.
  return [...keys, ...values].filter((key) => key.length >= shortest).toSorted((a, b) => b.length - a.length)
}

function hide(text: string, values: readonly string[]): string {
  return values.reduce((hidden, key) => hidden.replaceAll(key, '***'), text)
}

function hideWithin(holder: unknown, values: readonly string[], seen: Set<unknown>): void {
  if (typeof holder !== 'object' || holder === null || ArrayBuffer.isView(holder) || seen.has(holder)) return
  seen.add(holder)
  for (const name of Object.getOwnPropertyNames(holder)) {
    // What was asked is the sample's, and no key is in it.
    if (name === 'requestBodyValues') continue
    try {
      const value: unknown = Reflect.get(holder, name)
      if (typeof value !== 'string') hideWithin(value, values, seen)
      else if (hide(value, values) !== value) Reflect.set(holder, name, hide(value, values))
    } catch {
      // A getter that throws shows nothing.
    }
  }
}
