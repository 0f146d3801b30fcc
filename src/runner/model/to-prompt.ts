import { isObject } from '../../hooks/is-object.ts'
import type { ChatMessage, GenerateConfig, ToolCall } from '../../inspect/records.ts'
import { textOf } from '../sample/task-state.ts'
import { filePart, resultFilePart } from './file-part.ts'
import type { LanguageModel, PromptMessage, PromptPart } from './language-model.ts'
import { isMedia, loadMedia, type Content, type MediaOptions } from './media.ts'
import { providerKey, speaksOpenAi } from './provider-key.ts'
import { fromInternal } from './provider-metadata.ts'
import { withReasoningOf } from './reasoning-history.ts'
import { toReasoning } from './reasoning.ts'
import { toToolUse } from './tool-use.ts'

/** As Inspect sends an assistant's message without anything in it to providers that do not take such. */
const noContent = '(no content)'

const flagsErrors: ReadonlySet<string> = new Set(['anthropic', 'bedrock'])

/** The messages of a conversation as the SDK takes them; files that they only name are read. */
export async function toPrompt(
  messages: readonly ChatMessage[],
  history: GenerateConfig[string],
  options: MediaOptions,
): Promise<PromptMessage[]> {
  const prompt: PromptMessage[] = []
  const sent = withReasoningOf(messages, history)
  for (const message of sent) {
    const converted = await toMessage(message, sent, options)
    const last = prompt.at(-1)
    // The results of calls that were made together are one message, as the SDK itself sends them.
    if (converted.role === 'tool' && last?.role === 'tool') {
      prompt[prompt.length - 1] = { role: 'tool', content: [...last.content, ...converted.content] }
    } else {
      prompt.push(converted)
    }
  }
  return prompt
}

async function toMessage(
  message: ChatMessage,
  messages: readonly ChatMessage[],
  options: MediaOptions,
): Promise<PromptMessage> {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: textOf(message) }
    case 'user':
      return {
        role: 'user',
        content: await Promise.all(contentOf(message).map((content) => toUserPart(content, options))),
      }
    case 'assistant':
      return { role: 'assistant', content: await assistantParts(message, options) }
    case 'tool':
      return { role: 'tool', content: [await resultPart(message, messages, options)] }
    default:
      return message.role satisfies never
  }
}

async function toUserPart(content: Content, options: MediaOptions): Promise<PromptPart> {
  if (isMedia(content)) return filePart(await loadMedia(content, options), options.model.specificationVersion)
  return { type: 'text', text: stringOf(content['text']), ...fromInternal(content) }
}

async function assistantParts(message: ChatMessage, options: MediaOptions): Promise<PromptPart[]> {
  const contents = contentOf(message)
  const parts = (await Promise.all(contents.map((content) => toAssistantParts(content, options)))).flat()
  const calls = message.tool_calls?.map((call) => toCallPart(call, contents)) ?? []
  if (parts.length + calls.length > 0) return [...parts, ...calls]
  return [{ type: 'text', text: speaksOpenAi(options.model) ? '' : noContent }]
}

async function toAssistantParts(content: Content, options: MediaOptions): Promise<PromptPart[]> {
  const { model } = options
  switch (content.type) {
    case 'text':
      return content['text'] === '' ? [] : [{ type: 'text', text: stringOf(content['text']), ...fromInternal(content) }]
    case 'reasoning':
      return [toReasoning(content, model)]
    case 'tool_use':
      return toToolUse(content)
    case 'data':
      return toCustomPart(content, model.specificationVersion)
    default:
      if (!isMedia(content)) return []
      return [{ ...filePart(await loadMedia(content, options), model.specificationVersion), ...fromInternal(content) }]
  }
}

/** Parts of a provider's own kind, which there are since `v4`. */
function toCustomPart({ data }: Content, specification: string): PromptPart[] {
  if (specification !== 'v4' || !isObject(data) || data['type'] !== 'custom') return []
  return [{ type: 'custom', kind: data['kind'], providerOptions: data['providerMetadata'] }]
}

function toCallPart(call: ToolCall, contents: readonly Content[]): PromptPart {
  const metadata = contents
    .map(({ type, data }) =>
      type === 'data' && isObject(data) && isObject(data['tool_calls']) ? data['tool_calls'] : {},
    )
    .find((calls) => Object.hasOwn(calls, call.id))
  return {
    type: 'tool-call',
    toolCallId: call.id,
    toolName: call.function,
    input: call.arguments,
    ...(metadata ? { providerOptions: metadata[call.id] } : {}),
  }
}

async function resultPart(
  message: ChatMessage,
  messages: readonly ChatMessage[],
  options: MediaOptions,
): Promise<PromptPart> {
  const toolCallId = stringOf(message.tool_call_id)
  const made = messages.flatMap(({ tool_calls: calls }) => calls ?? []).findLast(({ id }) => id === toolCallId)
  const toolName = message.function ?? made?.function ?? ''
  return { type: 'tool-result', toolCallId, toolName, output: await resultOutput(message, options) }
}

async function resultOutput(message: ChatMessage, options: MediaOptions): Promise<PromptPart> {
  if (message.error) return { type: 'error-text', value: errorText(message.error.message, options.model) }
  const contents = contentOf(message)
  if (!contents.some(isMedia)) return { type: 'text', value: textOf(message) }
  return { type: 'content', value: await Promise.all(contents.map((content) => toResultPart(content, options))) }
}

/** Where a result has no mark of its own for errors, the text has to say it. */
function errorText(message: string, model: LanguageModel): string {
  return flagsErrors.has(providerKey(model)) ? message : `Error: ${message}`
}

async function toResultPart(content: Content, options: MediaOptions): Promise<PromptPart> {
  if (!isMedia(content)) return { type: 'text', text: stringOf(content['text']) }
  const { specificationVersion } = options.model
  const media = await loadMedia(content, { ...options, inline: specificationVersion === 'v2' })
  return resultFilePart(media, specificationVersion)
}

function contentOf({ content }: ChatMessage): readonly Content[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
