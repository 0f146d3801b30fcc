import { expect, it } from 'vitest'
import { EvalspanError } from '../../../src/errors.ts'
import { callFailure } from '../../../src/runner/model/failure.ts'
import { caught } from './request.ts'

class APIConnectionError extends Error {}

class RateLimitError extends Error {
  readonly status = 429
  readonly headers = new Headers({ 'Retry-After': '3' })
  readonly error = { code: 'rate_limit_exceeded', type: 'requests' }
}

function withFields(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields)
}

function summary(error: unknown): unknown[] {
  const { type, statusCode, retryable, authentication, retryAfterMs } = callFailure(error)
  return [type, statusCode, retryable ? 'retry' : 'give up', authentication ? 'key' : '', retryAfterMs]
}

it.each([
  ['of the SDK of OpenAI', new RateLimitError('slow down'), ['RateLimitError', 429, 'retry', '', 3000]],
  ['of its connections', new APIConnectionError('no'), ['APIConnectionError', undefined, 'retry', '', undefined]],
  [
    'of AWS',
    withFields('slow down', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
    ['ThrottlingException', 400, 'retry', '', undefined],
  ],
  [
    'of AWS that a key is wrong',
    withFields('no', { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } }),
    ['AccessDeniedException', 403, 'give up', 'key', undefined],
  ],
  ['of Google', withFields('busy', { code: 503 }), ['Error', 503, 'retry', '', undefined]],
  [
    'with an answer inside',
    withFields('busy', { response: { status: 529, headers: { 'retry-after-ms': '40' } } }),
    ['Error', 529, 'retry', '', 40],
  ],
  ['that a request is wrong', withFields('no', { statusCode: 400 }), ['Error', 400, 'give up', '', undefined]],
  ['that two requests collide', withFields('no', { status: 409 }), ['Error', 409, 'retry', '', undefined]],
  [
    'of the network, as a cause',
    new TypeError('fetch failed', { cause: withFields('reset', { code: 'ECONNRESET' }) }),
    ['TypeError', undefined, 'retry', '', undefined],
  ],
  [
    'of the network, of all addresses',
    new AggregateError([withFields('refused', { code: 'ECONNREFUSED' })]),
    ['AggregateError', undefined, 'retry', '', undefined],
  ],
  [
    'of undici',
    withFields('slow', { name: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' }),
    ['HeadersTimeoutError', undefined, 'retry', '', undefined],
  ],
  [
    'of a wrong argument',
    withFields('no', { name: 'InvalidArgumentError', code: 'UND_ERR_INVALID_ARG' }),
    ['InvalidArgumentError', undefined, 'give up', '', undefined],
  ],
  [
    'that only a body names',
    withFields('no', { data: { error: { type: 'overloaded_error' } } }),
    ['Error', undefined, 'retry', '', undefined],
  ],
  [
    'of the month',
    withFields('You exceeded your current quota, see …', {
      name: 'AI_APICallError',
      statusCode: 429,
      isRetryable: true,
    }),
    ['APICallError', 429, 'give up', '', undefined],
  ],
  [
    'that the SDK knows better',
    withFields('no', { name: 'AI_APICallError', statusCode: 500, isRetryable: false }),
    ['APICallError', 500, 'give up', '', undefined],
  ],
  ['of ours', new EvalspanError('BAD_OPTION', 'no'), ['EvalspanError', undefined, 'give up', '', undefined]],
  ['of a program', new TypeError('x is not a function'), ['TypeError', undefined, 'give up', '', undefined]],
  ['that is none', 'oh', ['string', undefined, 'give up', '', undefined]],
])('explains an error %s', (_, error, expected) => {
  expect(summary(error)).toEqual(expected)
})

it('tries again after a time limit of its own, but not when it was told to stop', async () => {
  const timeout = await caught(Promise.reject(new DOMException('late', 'TimeoutError')))
  const stopped = await caught(Promise.reject(new DOMException('stop', 'AbortError')))

  expect([summary(timeout), summary(stopped)]).toEqual([
    ['TimeoutError', undefined, 'retry', '', undefined],
    ['AbortError', undefined, 'give up', '', undefined],
  ])
})

it('shows neither keys nor requests', () => {
  process.env['SOME_API_KEY'] = 'from-the-environment'
  const error = withFields('No key given-1234 and not from-the-environment', {
    requestBodyValues: { secret: 'body' },
    requestHeaders: { authorization: 'Bearer given-1234' },
  })
  try {
    expect(callFailure(error, ['given-1234']).message).toBe('No key [masked] and not [masked]')
  } finally {
    delete process.env['SOME_API_KEY']
  }
})

it('has an end for errors that are their own cause', () => {
  const error = withFields('round', {})
  error.cause = error

  expect(summary(error)).toEqual(['Error', undefined, 'give up', '', undefined])
})
