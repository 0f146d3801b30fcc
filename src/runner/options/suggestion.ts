/** What else there is for a name that is not among the known ones: the one that is like it, or all of them. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known, name.length / 2)
  return near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`
}

/** The known name that is most like another one, unless more than `most` letters are different. */
export function nearest(name: string, known: readonly string[], most: number): string | undefined {
  const distances = known.map((each) => [each, distance(name.toLowerCase(), each.toLowerCase())] as const)
  const [near, least] = distances.reduce((best, each) => (each[1] < best[1] ? each : best))
  return least <= most ? near : undefined
}

/** How many letters have to be put in, left out or changed. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1]
    for (const [column, other] of Array.from(to).entries()) {
      next.push(Math.min(row[column + 1]! + 1, next[column]! + 1, row[column]! + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1)!
}
