import { EvalspanError } from '../errors.ts'
import { toText } from './python-text.ts'

const part = /\{\{|\}\}|\{([^{}[\].!:]*)((?:\[[^\][{}]*\]|\.[^{}[\].!:]+)*)\}|[{}]/g

/**
 * Puts values into a text, as Python's `str.format`: `{name}`, `{metadata[key]}`, and `{{` for a brace. Conversions and
 * formats (`{x:.2f}`) are not known. Throws for a name without a value.
 */
export function formatTemplate(template: string, values: { readonly [name: string]: unknown }): string {
  return template.replaceAll(part, (found: string, name: string | undefined, path: string | undefined) => {
    if (found === '{{') return '{'
    if (found === '}}') return '}'
    if (name === undefined || name === '') {
      throw badTemplate(`has '${found}', which is no '{name}'; write a brace that stands for itself twice`)
    }
    return toText(valueAt(values, [name, ...keysOf(path ?? '')], found))
  })
}

function keysOf(path: string): string[] {
  return [...path.matchAll(/\[([^\]]*)\]|\.([^[\].]+)/g)].map(([, key, field]) => key ?? field!)
}

function valueAt(values: object, keys: readonly string[], shown: string): unknown {
  let value: unknown = values
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      throw badTemplate(`asks for ${shown}, which has no value here; take it out, or give it in the sample's metadata`)
    }
    value = (value as { [key: string]: unknown })[key]
  }
  return value
}

function badTemplate(problem: string): EvalspanError {
  return new EvalspanError('BAD_OPTION', `the template ${problem}`)
}
