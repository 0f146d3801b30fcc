import type { GenerateResult } from './language-model.ts'

const reasons: { readonly [finishReason: string]: string } = {
  stop: 'stop',
  length: 'max_tokens',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
}

/** What providers call it themselves when the context is full. */
const contextIsFull: ReadonlySet<unknown> = new Set(['model_length', 'model_context_window_exceeded'])

/** Inspect's word for why the model stopped. */
export function stopReason(finishReason: GenerateResult['finishReason']): string {
  if (typeof finishReason === 'string') return reasons[finishReason] ?? 'unknown'
  if (contextIsFull.has(finishReason.raw)) return 'model_length'
  return reasons[finishReason.unified] ?? 'unknown'
}
