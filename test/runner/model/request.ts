import type { ChatMessage } from '../../../src/inspect/records.ts'
import type { ModelRequest } from '../../../src/runner/model/model-api.ts'

/** A request with nothing but messages, unless said otherwise. */
export function request(input: readonly ChatMessage[], options: Partial<ModelRequest> = {}): ModelRequest {
  return { input, tools: [], toolChoice: undefined, config: {}, abortSignal: new AbortController().signal, ...options }
}

/** What a promise rejects with. */
export async function caught(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
