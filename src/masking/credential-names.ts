/** Fields and headers whose value is a credential, whatever it looks like: the end of their name. */
const certain = [
  String.raw`(?:proxy-)?authorization`,
  String.raw`(?:set-)?cookie2?`,
  String.raw`pass(?:word|wd|phrase)`,
  String.raw`(?:api|auth|access|secret|private|subscription|account|service|signing|encryption|master|deploy)[_-]?key`,
  String.raw`(?:access|refresh|auth|authentication|bearer|session|security|api|oauth|csrf|xsrf|private|deploy|bot|vault)[_-]?token`,
  String.raw`(?:hf|github|gitlab|slack|npm|pypi|personal[_-]access)[_-]?token`,
  String.raw`(?<![a-z])id[_-]?token`,
  String.raw`(?:client|app|consumer|shared|webhook|signing|oauth|api)[_-]?secret`,
  String.raw`shared[_-]?access[_-]?signature`,
  String.raw`connection[_-]?string`,
].join('|')

/** The name of a credential if its value looks like one: `token` is a word of a text for models, too. */
const possible = 'token|secret|pwd'

const end = String.raw`\d?(?![A-Za-z0-9_-])`
const isCertain = new RegExp(`(?:${certain})\\d?$`, 'i')
const isPossible = new RegExp(`(?<![a-z])(?:${possible})$`, 'i')

type Certainty = 'certain' | 'possible' | undefined

/** The names of fields are few, and asked about again and again. */
const known = new Map<string, Certainty>()
const mostKnown = 10_000
const longestName = 100

/** How sure it is that a field of this name holds a credential. */
export function credentialName(name: string): Certainty {
  if (name.length > longestName) return certaintyOf(name)
  let certainty = known.get(name)
  if (certainty !== undefined || known.has(name)) return certainty
  certainty = certaintyOf(name)
  if (known.size >= mostKnown) known.clear()
  known.set(name, certainty)
  return certainty
}

function certaintyOf(name: string): Certainty {
  if (isCertain.test(name)) return 'certain'
  return isPossible.test(name) ? 'possible' : undefined
}

/** Finds ends of such names in a text. A new expression for each text, since it keeps its place. */
export function credentialNames(): RegExp {
  return new RegExp(`(?:${certain})${end}|(?<![a-z])(?:${possible})${end}`, 'gi')
}

/** Long, without spaces, of letters and digits: nobody's word. */
export function looksRandom(value: string, least = 16): boolean {
  return value.length >= least && /^[\w\-./+=~:]+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value)
}
