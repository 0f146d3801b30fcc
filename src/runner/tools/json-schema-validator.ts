import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import { messageOf } from '../../errors.ts'
import { badOption } from '../options/bad-option.ts'
import type { ToolSchema, Validation } from './tool-schema.ts'

type JsonSchema = ToolSchema['jsonSchema']

const options: Options = {
  strict: false,
  allErrors: true,
  // Formats are a matter of libraries; without them ajv would write a warning for each.
  validateFormats: false,
  logger: false,
  // Two tools may have schemas with one `$id`.
  addUsedSchema: false,
  // Arguments are what the model wrote, not what all objects have.
  ownProperties: true,
}

interface Compiler {
  compile(schema: JsonSchema): ValidateFunction
}

const compilers = new Map<'07' | '2020', Promise<Compiler>>()

// By text: tools that are made for each sample anew have equal schemas, and ajv would keep each of them.
const compiled = new Map<string, ValidateFunction>()

/** Validates what fits a JSON Schema. `where` is for the error of a schema that is none. */
export async function jsonSchemaValidator(
  schema: JsonSchema,
  where: string,
): Promise<(value: unknown) => Promise<Validation>> {
  const validate = await compile(schema, where)
  return async (value) => {
    if (validate(value)) return { value }
    return { problems: (validate.errors ?? []).map(problemOf) }
  }
}

async function compile(schema: JsonSchema, where: string): Promise<ValidateFunction> {
  const { $schema: draft, ...rest } = schema
  // What is between the drafts is read as one of them: the older ones as draft-07, 2019-09 as 2020-12.
  const version = typeof draft === 'string' && /draft-0\d/.test(draft) ? '07' : '2020'
  const compiler = await compilerOf(version)
  try {
    const key = version + JSON.stringify(rest)
    const known = compiled.get(key) ?? compiler.compile(rest)
    compiled.set(key, known)
    return known
  } catch (error) {
    throw badOption(
      `inputSchema of ${where} is no valid JSON Schema (${messageOf(error)}): correct it, or say in $schema which draft it is`,
      error,
    )
  }
}

function compilerOf(version: '07' | '2020'): Promise<Compiler> {
  const known = compilers.get(version) ?? load(version)
  compilers.set(version, known)
  return known
}

async function load(version: '07' | '2020'): Promise<Compiler> {
  if (version === '07') return new (await import('ajv')).Ajv(options)
  return new (await import('ajv/dist/2020.js')).Ajv2020(options)
}

/** `x.y: must be number`, with what the message leaves out. */
function problemOf({ instancePath, message = 'does not fit', params }: ErrorObject): string {
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = params as { [name: string]: unknown }
  const more = additionalProperty ?? unevaluatedProperty ?? allowedValues ?? allowedValue
  const place = instancePath
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
  const text = more === undefined ? message : `${message}: ${JSON.stringify(more)}`
  return place === '' ? text : `${place}: ${text}`
}
