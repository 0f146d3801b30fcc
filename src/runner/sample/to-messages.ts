import type { ChatMessage } from '../../inspect/records.ts'
import { shortUuid } from '../short-uuid.ts'

/** The conversation that a sample begins with. */
export function toMessages(input: string | readonly ChatMessage[]): ChatMessage[] {
  if (typeof input === 'string') return [{ id: shortUuid(), content: input, source: 'input', role: 'user' }]
  return input.map((message) => ({ id: shortUuid(), source: 'input', ...structuredClone(message) }))
}
