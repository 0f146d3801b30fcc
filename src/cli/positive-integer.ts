import { InvalidArgumentError } from 'commander'

/** Reads an argument or the value of an option. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('Give a whole number from 1.')
}
