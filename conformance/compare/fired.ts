import { readFileSync } from 'node:fs'
import { parse } from '../../src/inspect/json.ts'

/** What a hook was given. */
export interface Fired {
  readonly hook: string
  readonly data: Fields
  /** The uuid of the sample in which a hook of a model was called, where the recorder knew it. */
  readonly sample?: string | undefined
}

/** Whatever fields a record has. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Fields = { readonly [name: string]: any }

/** All that a recorder wrote. What is null is left out: recorders differ in it. */
export function readFired(file: string): Fired[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => withoutNull(parse(line)) as Fired)
}

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutNull(each))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, each]) => each !== null)
  return Object.fromEntries(entries.map(([name, each]) => [name, withoutNull(each)]))
}
