/** A name for each scorer that no other of the task has: `match`, `match1`, `match2`. */
export function uniqueScorerNames(scorers: readonly { readonly name: string }[]): string[] {
  const names: string[] = []
  for (const { name } of scorers) {
    let unique = name
    for (let count = 1; names.includes(unique); count += 1) unique = `${name}${count}`
    names.push(unique)
  }
  return names
}
