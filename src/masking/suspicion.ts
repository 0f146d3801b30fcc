import { tokenBoundary } from './shapes.ts'

/**
 * Signs of what the rules look for: without one of them no rule finds anything. They are asked of every text, so they are
 * chosen for speed: single characters, and expressions for which the engine can skip most of a text.
 */
const afterHyphen = prefixed(
  '-',
  /[A-Za-z]/,
  `${tokenBoundary}sk(?:-[A-Za-z]{2,10})?|pk-lf|csk|xai|pplx|nvapi|tvly|pypi|NRAK|GOCSPX|xapp|xox[a-z]|gl[a-z]{2,5}` +
    '|PRIVATE KEY(?: BLOCK)?',
)
const afterUnderscore = prefixed(
  '_',
  /[a-cefgkmop-uw_\d]/,
  String.raw`(?:sk|rk)_(?:live|test)|gh[pousr]|github_pat|hf|api_org|gsk|r8|fw|e2b|jina|pcsk|npm|dckr_pat|whsec` +
    String.raw`|ls(?:v2_(?:pt|sk)|_)|(?:wandb|pylf|do[opr]|tgp)_v\d+|gl(?:sa|c)|sntry[su]|sb(?:p|_secret)`,
)
const beforeDot = /ya29\.|SG\.|hv[sb]\.|xox[a-z]\.|hooks\.slack|discord/
const others = /A(?:Iza|KIA|SIA|BIA|CCA)|eyJ|dapi[0-9a-f]/
const scheme = /(?:bearer|basic)(?:\s|\+|%20|\\)/i
const namedFields =
  /(?:token|secret|pwd|authorization|cookie2?|pass(?:word|wd|phrase)|key|signature|connection[_-]?string)\d?(?:\s|[\\"'`:=,])/i
/** Headers and files have no quotes; in JSON text itself a quote stands before each other colon. */
const plainFields =
  /[a-z\d \t]:(?<=(?:authorization|cookie2?|key|token|secret|pwd|pass(?:word|wd|phrase)|connection[_-]?string)\d?[ \t]{0,8}:)/i
/** `a://b@c` */
const shortest = 7
const userInfo = /:(?:\\*\/){2}[^\s/?#"'\\<>]*@/
const queries = /(?:sig|auth|jwt|credential)=/i

/**
 * False when no rule can find anything in a text. Of JSON text it tells whether one can in the strings that are its values:
 * names of fields are the business of whoever walks through them.
 */
export function mayHoldSecret(text: string, { json }: { readonly json: boolean }): boolean {
  if (text.length < shortest) return false
  if (holds(text, afterUnderscore) || holds(text, afterHyphen)) return true
  if (others.test(text) || beforeDot.test(text) || scheme.test(text)) return true
  if (text.includes('@') && userInfo.test(text)) return true
  const assigned = text.includes('=')
  if (assigned && queries.test(text)) return true
  // In JSON text a quote of a string's own has a backslash before it.
  const quoted = assigned || text.includes(json ? '\\' : '"') || text.includes("'") || text.includes('`')
  return (quoted && namedFields.test(text)) || plainFields.test(text)
}

interface Prefixed {
  readonly separator: string
  /** By code: whether the character may be the last of a prefix. */
  readonly lastOfPrefix: Uint8Array
  readonly pattern: RegExp
}

function prefixed(separator: string, last: RegExp, prefixes: string): Prefixed {
  return {
    separator,
    lastOfPrefix: Uint8Array.from({ length: 128 }, (_, code) => (last.test(String.fromCharCode(code)) ? 1 : 0)),
    pattern: new RegExp(String.raw`${separator}(?<=(?:${prefixes})${separator})[\w./+=-]{3}`, 'y'),
  }
}

/** Looking for one character is by far the fastest search there is. */
function holds(text: string, { separator, lastOfPrefix, pattern }: Prefixed): boolean {
  for (let at = text.indexOf(separator, 1); at > 0; at = text.indexOf(separator, at + 1)) {
    if (lastOfPrefix[text.charCodeAt(at - 1)] !== 1) continue
    pattern.lastIndex = at
    if (pattern.test(text)) return true
  }
  return false
}
