import { isObject } from '../../hooks/is-object.ts'
import type { ReadHeader } from './asked-wait.ts'
import type { Thrown } from './error-chain.ts'

/**
 * The HTTP status that an error stands for, wherever its library puts it: the AI SDK, the SDKs of OpenAI and Anthropic, of
 * Google, of AWS.
 */
export function statusOf(error: Thrown): number | undefined {
  const { statusCode, status, code, $metadata: metadata, response } = error
  const candidates = [
    statusCode,
    status,
    code,
    isObject(metadata) ? metadata['httpStatusCode'] : undefined,
    isObject(response) ? response['status'] : undefined,
  ]
  return candidates.map(toStatus).find((candidate) => candidate !== undefined)
}

function toStatus(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 100 && number < 600 ? number : undefined
}

/** The headers of the answer that an error was made of. */
export function headersOf(error: Thrown): ReadHeader {
  const { responseHeaders, headers, response, $response: awsResponse } = error
  const held = [responseHeaders, headers, inner(response), inner(awsResponse)].find(isObject)
  return (name) => {
    if (!held) return undefined
    if (held instanceof Headers) return held.get(name) ?? undefined
    const value = Object.entries(held).find(([key]) => key.toLowerCase() === name)?.[1]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
}

function inner(response: unknown): unknown {
  return isObject(response) ? response['headers'] : undefined
}

/** What a provider's answer says of the error: `{ code, type, message }` in OpenAI's form, which many share. */
export function errorBody(error: Thrown): Thrown {
  const { data, responseBody, error: body } = error
  const held = [data, parse(responseBody), body].find(isObject) ?? error
  return isObject(held['error']) ? held['error'] : held
}

function parse(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
