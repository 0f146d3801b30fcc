import { plainText } from '../plain-text.ts'
import { hideKeys } from '../runner/model/hide-keys.ts'
import type { CliContext } from './context.ts'

/** Tells the user something on standard error, without keys of the environment, and without getting in the way of lines that are being redrawn. */
export function tell({ stdout, stderr }: CliContext, message: string): void {
  stdout.clear?.()
  stderr.clear?.()
  stderr.write(`${hideKeys(message).split('\n').map(plainText).join('\n')}\n`)
}
