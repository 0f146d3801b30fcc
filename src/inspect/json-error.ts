type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing'

/** A token, and whether it is well formed; if not, `end` is where it goes wrong. */
interface Token {
  readonly end: number
  readonly valid: boolean
}

/**
 * Where a text stops being JSON in Inspect's dialect; its length when it ends too early. `JSON.parse` names a position
 * in some of its messages only. Slow, and only called when parsing has failed.
 */
export function syntaxErrorPosition(text: string): number {
  const closers: string[] = []
  let expected: Expected = 'value'
  let position = skipBlanks(text, 0)
  while (position < text.length) {
    const char = text[position]!
    let token: Token = { end: position + 1, valid: true }
    if (expected.endsWith('or end') && char === closers.at(-1)) {
      closers.pop()
      expected = closers.length === 0 ? 'nothing' : 'comma or end'
    } else if (expected === 'colon') {
      if (char !== ':') return position
      expected = 'value'
    } else if (expected === 'comma or end') {
      if (char !== ',') return position
      expected = closers.at(-1) === '}' ? 'key' : 'value'
    } else if (expected === 'key' || expected === 'key or end') {
      if (char !== '"') return position
      token = readString(text, position)
      expected = 'colon'
    } else if (expected === 'nothing') {
      return position
    } else if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']')
      expected = char === '{' ? 'key or end' : 'value or end'
    } else {
      token = char === '"' ? readString(text, position) : readScalar(text, position)
      expected = closers.length === 0 ? 'nothing' : 'comma or end'
    }
    if (!token.valid) return token.end
    position = skipBlanks(text, token.end)
  }
  return text.length
}

const blanks = /[ \n\r\t]*/y

function skipBlanks(text: string, position: number): number {
  blanks.lastIndex = position
  blanks.test(text)
  return blanks.lastIndex
}

function readString(text: string, start: number): Token {
  let end = start + 1
  while (end < text.length) {
    const char = text[end]!
    if (char === '"') return { end: end + 1, valid: true }
    if (char < ' ') return { end, valid: false }
    if (char !== '\\') end += 1
    else if (/^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(text.slice(end, end + 6))) end += text[end + 1] === 'u' ? 6 : 2
    else return { end, valid: false }
  }
  return { end: text.length, valid: false }
}

const scalar = /(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y

function readScalar(text: string, start: number): Token {
  scalar.lastIndex = start
  return scalar.test(text) ? { end: scalar.lastIndex, valid: true } : { end: start, valid: false }
}
