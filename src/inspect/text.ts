import { messageOf } from '../errors.ts'
import { parse } from './json.ts'

/** The JSON text in bytes, without the mark that some editors put before UTF-8. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** What a part of a log says. */
export function parseText(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new Error(`${messageOf(error)}; copy the log again from where it was written`, { cause: error })
  }
}

/** What a JSON text that holds nothing else says; undefined when there is none or it cannot be read. */
export function parseQuietly(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
