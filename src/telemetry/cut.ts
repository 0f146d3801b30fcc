import type { Masker } from '../masking/masker.ts'

/**
 * The beginning of a text. Masked first, since half of a secret would be recognised no more; the rest of the masking
 * comes when all is put together.
 */
export function cut(text: string, most: number, masker: Masker | undefined): string {
  if (text.length <= most) return text
  const enough = text.slice(0, 2 * most)
  return (masker?.builtIn(enough) ?? enough).slice(0, most)
}
