import { randomUUID } from 'node:crypto'
import { base57 } from '../inspect/base57.ts'

/** A random id of 22 characters, as Inspect gives to samples, messages and events. */
export function shortUuid(): string {
  return base57(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'))
}
