/**
 * Turns Inspect's dialect of JSON into standard JSON: infinities into numbers that overflow, integers beyond 2^53 into
 * strings, `NaN` into the string `nan`. Strings are stepped over, never searched, so that their content stays as it is.
 * What is no JSON before is none afterwards.
 */
export function toStandardJson(text: string, nan: string): string {
  const pieces: string[] = []
  let copied = 0
  let position = 0
  while (position < text.length) {
    const quote = text.indexOf('"', position)
    const end = quote === -1 ? text.length : quote
    if (end - position >= shortestToken) {
      const gap = text.slice(position, end)
      const rewritten = rewriteGap(gap, nan)
      if (rewritten !== gap) {
        pieces.push(text.slice(copied, position), rewritten)
        copied = end
      }
    }
    position = quote === -1 ? end : endOfString(text, quote)
  }
  if (copied === 0) return text
  pieces.push(text.slice(copied))
  return pieces.join('')
}

const shortestToken = 'NaN'.length

const tokens = /(?<![\w.+-])(?:NaN|-?Infinity|-?[1-9]\d{15,})(?=\s*(?:[,\]}]|$))/g

function rewriteGap(gap: string, nan: string): string {
  return gap.replace(tokens, (token) => {
    if (token === 'NaN') return JSON.stringify(nan)
    if (token === 'Infinity') return '1e999'
    if (token === '-Infinity') return '-1e999'
    return Number.isSafeInteger(Number(token)) ? token : JSON.stringify(token)
  })
}

/** The position after the string that starts at `quote`; the end of the text when it is not closed. */
function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return end + 1
  }
  return text.length
}
