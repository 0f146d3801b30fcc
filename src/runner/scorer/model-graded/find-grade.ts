const word = String.raw`[\p{L}\p{N}_]`
/** What may stand around the colon, invisible characters too. */
const gap = String.raw`[\s\u200b-\u200f\u2060\u2063\ufeff]*`
const verdict = (grade: string): RegExp =>
  // Looks ahead only, so that what one verdict goes on with may be another.
  new RegExp(`(?<!${word})GRADE(?!${word})(?=${gap}:${gap}(${grade}))`, 'giu')

const anyWord = verdict(`${word}*`)
const anyGrade = verdict('[CPI]')

const words: { readonly [word: string]: string } = {
  c: 'C',
  correct: 'C',
  p: 'P',
  partial: 'P',
  i: 'I',
  incorrect: 'I',
}

export interface GradeOptions {
  readonly gradePattern?: RegExp | undefined
  /** Grades that the grader was told of; undefined when it has instructions of another. */
  readonly offered?: readonly string[] | undefined
}

/**
 * The grade in what a grader says. Without a pattern it is that of the last `GRADE:`, whatever was said before, also in
 * words (`Incorrect`); undefined when it is none of those offered.
 */
export function findGrade(completion: string, { gradePattern, offered }: GradeOptions): string | undefined {
  if (gradePattern !== undefined) return gradePattern.exec(completion)?.[1]
  const last = [...completion.matchAll(offered ? anyWord : anyGrade)].at(-1)?.[1]?.toLowerCase()
  if (last === undefined) return undefined
  const grade = words[last] ?? (last.length === 1 ? last.toUpperCase() : undefined)
  return grade !== undefined && (offered?.includes(grade) ?? true) ? grade : undefined
}
