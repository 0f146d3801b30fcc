import { EvalspanError, messageOf } from '../../errors.ts'
import { askedWaitMs } from './asked-wait.ts'
import { errorChain, errorType, type Thrown } from './error-chain.ts'
import { hideKeys } from './hide-keys.ts'
import { errorBody, headersOf, statusOf } from './http-error.ts'
import type { CallFailure } from './model-api.ts'

/** Of the network, in Node and in undici; what undici says of wrong arguments and of aborting is not among them. */
const network =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|SOCKET|CLOSED|DESTROYED|RES_.+|RESPONSE.*))$/

const connectionErrors = /^(TimeoutError|APIConnection(Timeout)?Error|APITimeoutError)$/

/** Errors that a body names, in OpenAI's words and their variants. */
const transient: ReadonlySet<string> = new Set([
  'ratelimitexceeded',
  'ratelimiterror',
  'servererror',
  'internalservererror',
  'internalerror',
  'serviceunavailable',
  'serviceunavailableerror',
  'overloadederror',
])

/** AWS has these as names of errors, some with status 400. */
const throttled =
  /^(Throttling|ThrottlingException|TooManyRequestsException|ServiceUnavailableException|ModelNotReadyException)$/

/**
 * Explains an error of a provider, recognised by its shape: the AI SDK's, those of the SDKs of providers, and the network's.
 * Request headers and bodies, which such errors carry, are never in the message, nor are the keys.
 */
export function callFailure(error: unknown, keys: readonly string[] = []): CallFailure {
  const chain = errorChain(error)
  const statusCode = firstOf(chain, statusOf)
  const waits = chain.map((link) => askedWaitMs(headersOf(link)))
  return {
    type: errorType(error),
    message: hideKeys(messageOf(error), keys),
    statusCode,
    retryable: isRetryable(error, chain, statusCode),
    authentication: statusCode === 401 || statusCode === 403,
    retryAfterMs: waits.find((wait) => wait !== undefined),
  }
}

function isRetryable(error: unknown, chain: readonly Thrown[], statusCode: number | undefined): boolean {
  if (error instanceof EvalspanError || chain.some(({ name }) => name === 'AbortError')) return false
  // What is used up for the month does not come back by waiting.
  if (messageOf(error).includes('You exceeded your current quota')) return false
  const stated = firstOf(chain, (link) => (typeof link['isRetryable'] === 'boolean' ? link['isRetryable'] : undefined))
  if (stated !== undefined) return stated
  if (statusCode !== undefined && isRetryableStatus(statusCode)) return true
  if (chain.some(isThrottled)) return true
  return statusCode === undefined && chain.some((link) => isNetworkError(link) || namesTransient(link))
}

function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500
}

function isThrottled({ name, $retryable: retryable }: Thrown): boolean {
  return (typeof name === 'string' && throttled.test(name)) || (typeof retryable === 'object' && retryable !== null)
}

function isNetworkError(link: Thrown): boolean {
  const { code, message, name } = link
  return (
    (typeof code === 'string' && network.test(code)) ||
    connectionErrors.test(errorType(link)) ||
    (name === 'TypeError' && (message === 'fetch failed' || message === 'terminated'))
  )
}

function namesTransient(link: Thrown): boolean {
  const { code, type } = errorBody(link)
  return [code, type].some((name) => typeof name === 'string' && transient.has(name.toLowerCase().replaceAll('_', '')))
}

function firstOf<T>(chain: readonly Thrown[], read: (link: Thrown) => T | undefined): T | undefined {
  for (const link of chain) {
    const value = read(link)
    if (value !== undefined) return value
  }
  return undefined
}
