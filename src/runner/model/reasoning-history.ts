import type { ChatMessage, GenerateConfig } from '../../inspect/records.ts'

/**
 * The messages with as much reasoning of earlier answers as `reasoning_history` says: `none`, the `last` one's, or all,
 * which is what `auto` comes to.
 */
export function withReasoningOf(
  messages: readonly ChatMessage[],
  history: GenerateConfig[string],
): readonly ChatMessage[] {
  if (history !== 'none' && history !== 'last') return messages
  const last = history === 'last' ? messages.findLast(hasReasoning) : undefined
  return messages.map((message) => (message !== last && hasReasoning(message) ? withoutReasoning(message) : message))
}

function hasReasoning({ role, content }: ChatMessage): boolean {
  return role === 'assistant' && typeof content !== 'string' && content.some(({ type }) => type === 'reasoning')
}

function withoutReasoning(message: ChatMessage): ChatMessage {
  if (typeof message.content === 'string') return message
  return { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') }
}
