import type { ZipMember } from './zip-directory.ts'

/** The members under the names `PREFIX<number>.json`, by their numbers: Inspect numbers what it writes bit by bit. */
export function inNumericOrder(members: ReadonlyMap<string, ZipMember>, prefix: string): ZipMember[] {
  const numbered: { readonly number: number; readonly member: ZipMember }[] = []
  for (const [name, member] of members) {
    if (!name.startsWith(prefix)) continue
    const digits = /^(\d+)\.json$/.exec(name.slice(prefix.length))?.[1]
    if (digits !== undefined) numbered.push({ number: Number(digits), member })
  }
  return numbered.toSorted((a, b) => a.number - b.number).map(({ member }) => member)
}
