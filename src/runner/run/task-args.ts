import type { Json } from '../../inspect/records.ts'
import { toCamelCase } from '../text/to-camel-case.ts'
import { toSnakeCase } from '../text/to-snake-case.ts'

/** What a function that makes tasks is given. */
export type TaskArgs = { readonly [name: string]: Json }

/**
 * Arguments as such a function gets them: under the names that they were given, and besides in camelCase and in snake_case, so
 * that `max_turns` of a command line is there for `{ maxTurns }`. `read` takes the name of each that is asked for.
 */
export function notedArgs(args: TaskArgs, read: (name: string) => void): TaskArgs {
  const values = { ...args }
  const noted = {}
  for (const name of Object.keys(args)) {
    const others = [toCamelCase(name), toSnakeCase(name)].filter((other) => !Object.hasOwn(args, other))
    for (const each of new Set([name, ...others])) {
      Object.defineProperty(noted, each, {
        // Who takes all of them gets each once.
        enumerable: each === name,
        get() {
          read(name)
          return values[name]
        },
        set(value: Json) {
          values[name] = value
        },
      })
    }
  }
  return noted
}
