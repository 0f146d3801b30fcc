/** Code points, as Python counts: its regular expressions know no surrogates. */
const wordPunctuation = String.raw`[\p{L}\p{N}_!"'&.,?]`
const word = String.raw`[\p{L}\p{N}_]`
const letter = String.raw`[\p{L}\p{Nl}\p{No}_]`

/** Where Python's `textwrap` lets a line break: between words, behind a hyphen within one, around a dash. */
const chunkPattern = new RegExp(
  [
    ` +`,
    `(?<=${wordPunctuation})-{2,}(?=${word})`,
    `[^ ]+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})|(?= |$)|(?<=${wordPunctuation})(?=-{2,}${word}))`,
  ].join('|'),
  'gu',
)

/** What Python's `str.split()` takes for space between words. */
const separators = String.fromCodePoint(0x1c, 0x1d, 0x1e, 0x1f, 0x85)
const whitespace = new RegExp(`(?:(?!\\ufeff)[\\s${separators}])+`, 'gu')
const placeholder = '...'

/**
 * Shortens a text as Python's `textwrap.shorten` does, which Inspect uses: white space becomes single spaces, and of a
 * text that is still longer than `width` characters as many words are kept as fit in front of `...`.
 */
export function shorten(text: string, width: number): string {
  const collapsed = text.replace(whitespace, ' ').replace(/^ | $/g, '')
  if (lengthOf(collapsed) <= width) return collapsed
  const line: string[] = []
  let length = 0
  for (const chunk of collapsed.match(chunkPattern) ?? []) {
    const room = width - length
    if (lengthOf(chunk) > room) {
      // A word that fits on no line is cut, behind its last hyphen if there is one.
      if (lengthOf(chunk) > width) line.push(cutWord(chunk, room))
      break
    }
    line.push(chunk)
    length += lengthOf(chunk)
  }
  if (isBlank(line.at(-1))) line.pop()
  while (line.length > 0) {
    const kept = line.join('')
    if (!isBlank(line.at(-1)) && lengthOf(kept) + placeholder.length <= width) return kept + placeholder
    line.pop()
  }
  return placeholder
}

function cutWord(chunk: string, room: number): string {
  const start = Array.from(chunk).slice(0, room)
  const hyphen = start.lastIndexOf('-')
  const hasOther = start.slice(0, Math.max(hyphen, 0)).some((character) => character !== '-')
  return (hyphen > 0 && hasOther ? start.slice(0, hyphen + 1) : start).join('')
}

function lengthOf(text: string): number {
  // Counting is for texts that have characters of two units.
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && /^ *$/.test(chunk)
}
