import { isObject } from '../../hooks/is-object.ts'

/** Something that was thrown, with whatever fields it has. */
export type Thrown = { readonly [field: string]: unknown }

const maximum = 10

/** An error and what caused it, and what caused that; of several at once, as of all addresses of a host, the first. */
export function errorChain(error: unknown): Thrown[] {
  const chain: Thrown[] = []
  for (let link = error; isObject(link) && chain.length < maximum && !chain.includes(link); link = causeOf(link)) {
    chain.push(link)
  }
  return chain
}

function causeOf({ cause, errors }: Thrown): unknown {
  return cause ?? (Array.isArray(errors) ? errors[0] : undefined)
}

/** The name of the class of an error: `APICallError`, whatever prefix its name has. */
export function errorType(error: unknown): string {
  if (!isObject(error)) return typeof error
  const name = typeof error['name'] === 'string' ? error['name'].replace(/^AI_/, '') : ''
  return name === '' || name === 'Error' ? (error.constructor?.name ?? 'Error') : name
}
