import type { HookEvent } from '../../../src/hooks/hooks.ts'
import type { Placed } from '../../../scripts/fidelity/fired.ts'

type Path = readonly (string | number)[]

/** What was fired, with one thing changed. */
export interface Doctored {
  /** The line, the hook and the place: `7 onModelUsage usage.input_tokens`. */
  readonly name: string
  readonly fired: readonly Placed[]
}

/** Each value in what was fired changed, one at a time. */
export function* changedValues(fired: readonly Placed[]): Generator<Doctored> {
  for (const [at, { event, line }] of fired.entries()) {
    for (const path of pathsIn(event.data)) {
      const copy = structuredClone(event)
      change(copy, path)
      yield { name: `${line} ${event.hook} ${path.join('.')}`, fired: fired.with(at, { event: copy, line }) }
    }
  }
}

/** Each hook left out, one at a time. */
export function* withoutOne(fired: readonly Placed[]): Generator<Doctored> {
  for (const [at, { event, line }] of fired.entries()) {
    yield { name: `${line} ${event.hook}`, fired: fired.toSpliced(at, 1) }
  }
}

/** Each hook fired twice, one at a time. */
export function* withOneTwice(fired: readonly Placed[]): Generator<Doctored> {
  for (const [at, { event, line }] of fired.entries()) {
    yield { name: `${line} ${event.hook}`, fired: fired.toSpliced(at, 0, { event, line }) }
  }
}

function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) yield path
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* pathsIn(item, [...path, index])
  else for (const [key, item] of Object.entries(value)) yield* pathsIn(item, [...path, key])
}

function change(event: HookEvent, path: Path): void {
  let holder = event.data as unknown as { [key: string | number]: unknown }
  for (const step of path.slice(0, -1)) holder = holder[step] as typeof holder
  holder[path.at(-1)!] = changed(holder[path.at(-1)!])
}

function changed(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      // The microseconds of a time, the end of any other text.
      return value.endsWith('+00:00')
        ? value.replace(/\d(?=\+00:00$)/, (digit) => String((Number(digit) + 1) % 10))
        : `${value}x`
    case 'number':
      return Number.isFinite(value) ? value + 1 : 0
    case 'boolean':
      return !value
    default:
      return 'x'
  }
}
