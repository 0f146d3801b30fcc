import { messageOf } from '../../errors.ts'
import type { ModelOutput } from '../../inspect/records.ts'
import { strip } from '../text/python-text.ts'
import type { CompleteOutput } from '../sample/task-state.ts'
import { errorChain } from './error-chain.ts'
import { errorBody, statusOf } from './http-error.ts'
import { outputOf } from './model-output.ts'

const tooLong =
  /prompt is too long|input is too long|exceed context limit|maximum context length|exceeds the maximum number of tokens/i
const blocked: ReadonlySet<unknown> = new Set([
  'invalid_prompt',
  'content_policy_violation',
  'content_filter',
  'bio_policy',
  'cyber_policy',
])

const longestShown = 200

/**
 * The output that Inspect makes of a request which a provider refuses for its content or its length: the sample goes on
 * with it, and a scorer judges. Undefined for errors of other kinds.
 */
export function refusal(error: unknown, model: string): ModelOutput | undefined {
  const [thrown] = errorChain(error)
  const status = thrown && statusOf(thrown)
  if (!thrown || (status !== 400 && status !== 413 && status !== 422)) return undefined
  const body = errorBody(thrown)
  const message = typeof body['message'] === 'string' ? body['message'] : messageOf(error)
  const reason = refusalReason(body, message)
  return reason === undefined ? undefined : outputOf({ model, content: message, stopReason: reason })
}

/** An answer was filtered, and the settings (`failOnRefusal`) make that an error of the sample. */
export class ModelRefusalError extends Error {
  constructor(
    { completion }: CompleteOutput,
    { name, role }: { readonly name: string; readonly role?: string | undefined },
  ) {
    const text = strip(completion)
    const start = text.length > longestShown ? `${text.slice(0, longestShown).trimEnd()}...` : text
    super(`Model refusal (${role ? `${name}, role ${role}` : name}): ${start}`)
    this.name = 'ModelRefusalError'
  }
}

function refusalReason({ code, type }: { readonly [field: string]: unknown }, message: string): string | undefined {
  if (code === 'context_length_exceeded' || tooLong.test(message)) return 'model_length'
  const isBlocked = blocked.has(code) || (type === 'invalid_request_error' && message.includes('blocked'))
  return isBlocked || message.includes('content filtering') ? 'content_filter' : undefined
}
