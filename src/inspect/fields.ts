/** A record as it was parsed, before its shape is known. */
export type Fields = { [name: string]: unknown }

/** A field does not have the shape that it has in any log of Inspect. */
class FieldError extends Error {
  readonly path: string
  readonly problem: string

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path} ${problem}, which Inspect never writes; restore the log as it was written`.trimStart(), options)
    this.path = path
    this.problem = problem
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object; an error that names it when it is none. */
export function asFields(value: unknown, path = ''): Fields {
  if (isFields(value)) return value
  throw new FieldError(path, `is ${kindOf(value)}, not an object`)
}

/** The object in a field, put there when the field is left out. */
export function fieldsIn(holder: Fields, name: string): Fields {
  holder[name] ??= {}
  return asFields(holder[name], name)
}

/** The list in a field, put there when the field is left out. */
export function listIn(holder: Fields, name: string): unknown[] {
  const value = (holder[name] ??= [])
  if (Array.isArray(value)) return value
  throw new FieldError(name, `is ${kindOf(value)}, not a list`)
}

/** Visits the object in a field, put there when the field is left out. Errors of the visit name the whole path. */
export function visit(holder: Fields, name: string, visitor: (fields: Fields) => void): void {
  const fields = fieldsIn(holder, name)
  try {
    visitor(fields)
  } catch (error) {
    throw within(name, error)
  }
}

/** Visits each object of the list in a field, put there when the field is left out. */
export function visitList(holder: Fields, name: string, visitor: (fields: Fields) => void): void {
  const list = listIn(holder, name)
  let index = 0
  try {
    // Paths are for errors only, and there may be a million items.
    for (; index < list.length; index += 1) visitor(asFields(list[index]))
  } catch (error) {
    throw within(`${name}[${index}]`, error)
  }
}

/** Visits each object in the object of a field, put there when the field is left out. */
export function visitValues(holder: Fields, name: string, visitor: (fields: Fields, key: string) => void): void {
  for (const [key, value] of Object.entries(fieldsIn(holder, name))) {
    try {
      visitor(asFields(value), key)
    } catch (error) {
      throw within(`${name}.${key}`, error)
    }
  }
}

/** Fails when a field is not of one of the types. */
export function expectType(holder: Fields, name: string, ...types: readonly string[]): void {
  const value = holder[name]
  if (!types.includes(typeof value)) throw new FieldError(name, `is ${kindOf(value)}, not a ${types.join(' or ')}`)
}

/** Fails when a field that may be left out is there and not of one of the types. */
export function expectTypeIfThere(holder: Fields, name: string, ...types: readonly string[]): void {
  if (holder[name] !== undefined) expectType(holder, name, ...types)
}

/** Left out and null are the same to Inspect, and it leaves out. */
export function dropNulls(record: Fields): void {
  for (const name in record) {
    if (record[name] === null) delete record[name]
  }
}

function within(path: string, error: unknown): unknown {
  if (!(error instanceof FieldError)) return error
  return new FieldError(error.path === '' ? path : `${path}.${error.path}`, error.problem, { cause: error })
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'left out'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
