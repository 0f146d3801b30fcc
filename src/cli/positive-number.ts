import { InvalidArgumentError } from 'commander'

/** Reads an option that is a number above 0. */
export function positiveNumber(value: string): number {
  const number = Number(value)
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('Give a number above 0.')
  return number
}
