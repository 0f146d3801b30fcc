import { LimitExceededError, ToolError } from '../../src/index.ts'
import type { ErrorSaid, Failures } from '../format/parts.ts'
import { count } from './counts.ts'

/** What Node has for Python's errors of files, whose message is the name of a file. */
const codes: { readonly [type: string]: string } = {
  PermissionError: 'EACCES',
  FileNotFoundError: 'ENOENT',
  IsADirectoryError: 'EISDIR',
}

export function makeError(said: ErrorSaid): Error {
  const { type = 'ValueError', message = 'failed' } = said
  if (type === 'LimitExceededError') {
    return new LimitExceededError(said.limit_type ?? 'custom', {
      message,
      value: said.value ?? 1,
      limit: said.limit ?? 1,
    })
  }
  if (type === 'ToolError') return new ToolError(message)
  const code = codes[type]
  return Object.assign(new Error(message), { name: type, ...(code !== undefined && { code, path: message }) })
}

/** Throws as often as said: for each sample, or overall; always when no number is given. */
export function failTimes(key: string, said: Failures): void {
  const number = count(key, said.by)
  if (number <= (said.times ?? number)) throw makeError(said)
}
