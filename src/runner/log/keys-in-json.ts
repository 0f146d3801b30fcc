import { knownKeys } from '../../hooks/known-keys.ts'
import { Needles } from '../../needles.ts'

/** So short, and of letters alone, a key is what local servers take in place of one: `lm-studio` may be in any text. */
const word = /^[a-z_-]{1,11}$/i

let needles = new Needles([])
let keys = 0

/** Of the keys that are known now. */
function current(): Needles {
  const known = knownKeys()
  if (known.size !== keys) {
    keys = known.size
    needles = new Needles([...known].filter((key) => !word.test(key)))
  }
  return needles
}

/** Whether a text holds a key of a model. */
export function holdsKey(text: string): boolean {
  return current().mayBeIn(text) && current().mask(text) !== text
}

/** A JSON text without the keys of models in its strings and names, wherever they have come from. */
export function keylessJson(json: string): string {
  const found = current()
  if (!found.mayBeIn(json)) return json
  const parts: string[] = []
  let done = 0
  for (let start = json.indexOf('"'); start >= 0; start = json.indexOf('"', done)) {
    let end = start + 1
    while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1
    const literal = json.slice(start, end + 1)
    const text = found.mayBeIn(literal) ? (JSON.parse(literal) as string) : ''
    const shown = found.mask(text)
    // What has no key in it stays as it was written.
    parts.push(json.slice(done, start), shown === text ? literal : JSON.stringify(shown))
    done = end + 1
  }
  return parts.join('') + json.slice(done)
}
