/**
 * The lines of a text that comes in pieces; one may end in a carriage return. Not by `readline`, for which lines end at
 * U+2028 too, which JSON may hold.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const [end, ...lines] = piece.split('\n') as [string, ...string[]]
    rest += end
    if (lines.length === 0) continue
    yield rest
    rest = lines.pop()!
    yield* lines
  }
  if (rest !== '') yield rest
}
