import { EvalspanError } from '../../src/exporter.ts'
import type { Protocol } from './settings.ts'
import type { Variable, Variables } from './variables.ts'

const httpName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const httpValue = /^[\t\x20-\x7e\x80-\xff]*$/
const grpcName = /^[0-9a-z_.-]+$/
const grpcValue = /^[\x20-\x7e]*$/

/** Headers of all signals, and over them those of this one. Names are in lower case. */
export function readHeaders(variables: Variables, protocol: Protocol): Record<string, string> {
  return Object.fromEntries(
    [variables.generic('HEADERS'), variables.specific('HEADERS')]
      .filter((found) => found !== undefined)
      .flatMap((found) => parse(found, protocol)),
  )
}

/** `name=value,name2=value2`, percent-encoded. No message shows a value: it may be a key. */
function parse({ name: variable, value: list }: Variable, protocol: Protocol): [name: string, value: string][] {
  const fail = (what: string): never => {
    throw new EvalspanError('BAD_OPTION', `${variable}: ${what}; write name=value pairs with commas between them`)
  }
  const decode = (text: string, what: string): string => {
    try {
      return decodeURIComponent(text.trim())
    } catch {
      return fail(`${what} is not percent-encoded right`)
    }
  }
  const usableName = protocol === 'grpc' ? grpcName : httpName
  const usableValue = protocol === 'grpc' ? grpcValue : httpValue
  const pairs = list.split(',').filter((pair) => pair.trim() !== '')
  return pairs.map((pair, index) => {
    const split = pair.indexOf('=')
    if (split < 0) fail(`pair ${index + 1} has no "="`)
    const name = decode(pair.slice(0, split), `the name of pair ${index + 1}`).toLowerCase()
    if (!usableName.test(name)) fail(`pair ${index + 1} has no usable name`)
    const value = decode(pair.slice(split + 1), `the value of ${name}`)
    if (!usableValue.test(value)) fail(`the value of ${name} has characters that no header can have`)
    return [name, value]
  })
}
