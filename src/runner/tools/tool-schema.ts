import { messageOf } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import { loadPeer } from '../../load-peer.ts'
import { badOption } from '../options/bad-option.ts'
import { jsonSchemaValidator } from './json-schema-validator.ts'

/** The schema of a tool's arguments, from whatever library. */
export interface ToolSchema {
  readonly jsonSchema: { readonly [field: string]: unknown }
  /** The arguments as the tool takes them; a JSON Schema, unlike those of libraries, fills in no defaults. */
  readonly validate: (value: unknown) => Promise<Validation>
}

export type Validation = { readonly value: unknown } | { readonly problems: readonly string[] }

const sdkSchema = Symbol.for('vercel.ai.schema')

/**
 * Reads `inputSchema` of a tool: a `Schema` of the AI SDK, also a lazy one, a schema of Zod, of a library that speaks
 * Standard JSON Schema, or JSON Schema itself. `where` is for the error.
 */
export async function toolSchema(schema: unknown, where: string): Promise<ToolSchema> {
  // As the SDK has lazy schemas: a function without arguments. Those of some libraries are functions too.
  if (typeof schema === 'function' && !('~standard' in schema)) {
    return toolSchema(Reflect.apply(schema, undefined, []), where)
  }
  if (isHolder(schema)) {
    if (schema[sdkSchema] === true) return fromSdk(schema, where)
    if (isObject(schema['~standard'])) return fromStandard(schema, schema['~standard'], where)
    if (isObject(schema)) return { jsonSchema: schema, validate: await jsonSchemaValidator(schema, where) }
  }
  throw badOption(`inputSchema of ${where} is no schema: give one of Zod, jsonSchema() of 'ai', or a JSON Schema`)
}

type Holder = { readonly [name: string | symbol]: unknown }

function isHolder(value: unknown): value is Holder {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

async function fromSdk(schema: Holder, where: string): Promise<ToolSchema> {
  const { validate } = schema
  const jsonSchema = checked(await schema['jsonSchema'], where)
  return {
    jsonSchema,
    validate:
      typeof validate === 'function'
        ? async (value) => {
            const result: unknown = await Reflect.apply(validate, schema, [value])
            if (isObject(result) && result['success'] === true) return { value: result['value'] }
            return { problems: problemsOf(isObject(result) ? result['error'] : undefined) }
          }
        : await jsonSchemaValidator(jsonSchema, where),
  }
}

async function fromStandard(schema: Holder, standard: Holder, where: string): Promise<ToolSchema> {
  const { validate, jsonSchema, vendor } = standard
  return {
    jsonSchema: checked(
      isObject(jsonSchema) ? inputOf(jsonSchema) : await convert(schema, String(vendor), where),
      where,
    ),
    validate: async (value) => {
      const result: unknown =
        typeof validate === 'function' ? await Reflect.apply(validate, standard, [value]) : { value }
      if (isObject(result) && !Array.isArray(result['issues'])) return { value: result['value'] }
      return { problems: problemsOf(result) }
    },
  }
}

/** Libraries that drop members they do not know leave it open whether there may be any; the SDK tells models not to. */
function inputOf(jsonSchema: { readonly [field: string]: unknown }): unknown {
  const { input } = jsonSchema
  const schema: unknown =
    typeof input === 'function' ? Reflect.apply(input, jsonSchema, [{ target: 'draft-07' }]) : undefined
  return isObject(schema) ? { additionalProperties: false, ...schema } : schema
}

/** Zod before 4.2 cannot write JSON Schema by itself; the AI SDK, which its users have, can. */
async function convert(schema: Holder, vendor: string, where: string): Promise<unknown> {
  if (vendor !== 'zod') {
    throw badOption(
      `inputSchema of ${where} cannot be written as JSON Schema: '${vendor}' does not speak Standard JSON Schema; wrap it in jsonSchema() of 'ai'`,
    )
  }
  const { asSchema } = await loadPeer(`inputSchema of ${where}, of a Zod older than 4.2,`, 'ai', () => import('ai'))
  return await asSchema(schema as never).jsonSchema
}

function checked(jsonSchema: unknown, where: string): { readonly [field: string]: unknown } {
  if (isObject(jsonSchema)) return jsonSchema
  throw badOption(`inputSchema of ${where} gives no JSON Schema`)
}

/** A line for each issue, with its place: `city: expected string`. */
function problemsOf(error: unknown): string[] {
  const issues = issuesOf(error) ?? (isObject(error) ? issuesOf(error['cause']) : undefined)
  return issues && issues.length > 0 ? issues.map(problemOf) : [messageOf(error)]
}

function issuesOf(error: unknown): readonly unknown[] | undefined {
  if (Array.isArray(error)) return error
  return isObject(error) && Array.isArray(error['issues']) ? error['issues'] : undefined
}

function problemOf(issue: unknown): string {
  const path = isObject(issue) && Array.isArray(issue['path']) ? issue['path'] : []
  const place = path.map((key: unknown) => String(isObject(key) ? key['key'] : key)).join('.')
  return place === '' ? messageOf(issue) : `${place}: ${messageOf(issue)}`
}
