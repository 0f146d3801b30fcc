import { EvalspanError } from '../../errors.ts'
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
    if (name === undefined || name === '') throw badBrace(found)
    const value = valueAt(values, [name, ...keysOf(path ?? '')])
    if (value !== undefined) return toText(value)
    throw badTemplate(`asks for ${found}, which has no value here; take it out, or give it in the sample's metadata`)
  })
}

const anyField = /\{\{|\}\}|\{([^{}!:]*)(![rsa])?(:[^{}]*)?\}|[{}]/g

/** The same for prompts, in which names without a value, and those whose value is null, stay as they are. */
export function fillTemplate(template: string, values: { readonly [name: string]: unknown }): string {
  let unnamed = 0
  return template.replaceAll(anyField, (found: string, given: string | undefined, ...rest: (string | undefined)[]) => {
    if (found === '{{') return '{'
    if (found === '}}') return '}'
    if (given === undefined) throw badBrace(found)
    // As Python numbers them.
    const field = given === '' ? String(unnamed++) : given
    const [, name = '', path = ''] = /^([^.[\]]*)(.*)$/s.exec(field) ?? []
    const value = valueAt(values, [name, ...keysOf(path)])
    const text = value === undefined || value === null ? `{${field}}` : toText(value)
    const format = rest[1] ?? ''
    return format.length > 1 ? `{${text}${format}}` : text
  })
}

function keysOf(path: string): string[] {
  return [...path.matchAll(/\[([^\]]*)\]|\.([^[\].]+)/g)].map(([, key, field]) => key ?? field!)
}

/** Undefined where there is none. */
function valueAt(values: object, keys: readonly string[]): unknown {
  let value: unknown = values
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as { [key: string]: unknown })[key]
  }
  return value
}

function badBrace(found: string): EvalspanError {
  return badTemplate(`has '${found}', which is no '{name}'; write a brace that stands for itself twice`)
}

function badTemplate(problem: string): EvalspanError {
  return new EvalspanError('BAD_OPTION', `the template ${problem}`)
}
