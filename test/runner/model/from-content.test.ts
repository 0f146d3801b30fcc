import { MockLanguageModelV4 } from 'ai/test'
import { expect, it } from 'vitest'
import { fromContent } from '../../../src/runner/model/from-content.ts'
import { toPrompt } from '../../../src/runner/model/to-prompt.ts'

it('keeps what an answer has besides its text', () => {
  const page = { type: 'source', sourceType: 'url', id: '1', url: 'https://a.example', title: 'A' }

  expect(
    fromContent(
      [
        { type: 'reasoning', text: 'Hm.', providerMetadata: { anthropic: { signature: 'abc' } } },
        { type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData: 'HIDDEN' } } },
        {
          type: 'reasoning',
          text: 'In short',
          providerMetadata: { openai: { itemId: 'r', reasoningEncryptedContent: 'SEALED' } },
        },
        {
          type: 'text',
          text: 'It rains.',
          citations: [
            { source: page, startIndex: 0, endIndex: 9 },
            { source: { type: 'source', sourceType: 'document', id: '2', title: 'B' }, citedText: 'rain' },
          ],
        },
        { type: 'text', text: '' },
        page,
        { type: 'source', sourceType: 'url', id: '3', url: 'https://c.example' },
        { type: 'file', mediaType: 'image/png', data: 'AA==' },
        { type: 'file', mediaType: 'audio/mpeg', data: { type: 'data', data: Uint8Array.of(1) } },
        { type: 'file', mediaType: 'application/pdf', data: { type: 'url', url: new URL('https://d.example/e') } },
        { type: 'custom', kind: 'x.y', providerMetadata: { x: { y: 1 } } } as never,
      ],
      [],
    ),
  ).toEqual({
    content: [
      {
        internal: { providerMetadata: { anthropic: { signature: 'abc' } } },
        type: 'reasoning',
        reasoning: 'Hm.',
        signature: 'abc',
        redacted: false,
      },
      {
        internal: { providerMetadata: { anthropic: { redactedData: 'HIDDEN' } } },
        type: 'reasoning',
        reasoning: 'HIDDEN',
        redacted: true,
      },
      {
        internal: { providerMetadata: { openai: { itemId: 'r', reasoningEncryptedContent: 'SEALED' } } },
        type: 'reasoning',
        reasoning: 'SEALED',
        summary: 'In short',
        redacted: true,
      },
      {
        type: 'text',
        text: 'It rains.',
        citations: [
          { cited_text: [0, 9], title: 'A', type: 'url', url: 'https://a.example' },
          { cited_text: 'rain', title: 'B', type: 'document' },
          { type: 'url', url: 'https://c.example' },
        ],
      },
      { type: 'image', image: 'data:image/png;base64,AA==', detail: 'auto' },
      { type: 'audio', audio: 'data:audio/mpeg;base64,AQ==', format: 'mp3' },
      {
        type: 'document',
        document: 'https://d.example/e',
        filename: 'document.pdf',
        mime_type: 'application/pdf',
        citations: false,
      },
      { type: 'data', data: { type: 'custom', kind: 'x.y', providerMetadata: { x: { y: 1 } } } },
    ],
    toolCalls: [],
  })
})

it('gives a provider everything back that it has sent', async () => {
  const google = { google: { thoughtSignature: 't' } }
  const { content, toolCalls } = fromContent(
    [
      { type: 'reasoning', text: 'Hm.', providerMetadata: google },
      { type: 'tool-call', toolCallId: 's', toolName: 'web_search', input: '{"q":"rain"}', providerExecuted: true },
      { type: 'tool-result', toolCallId: 's', toolName: 'web_search', result: [{ url: 'https://a.example' }] },
      { type: 'text', text: 'I look.', providerMetadata: { openai: { itemId: 'm' } } },
      { type: 'custom', kind: 'x.y', providerMetadata: { x: { y: 1 } } } as never,
      { type: 'tool-call', toolCallId: 'c', toolName: 'weather', input: '{"city":"Rome"}', providerMetadata: google },
    ],
    [],
  )

  expect(content).toContainEqual({
    type: 'tool_use',
    tool_type: 'web_search',
    id: 's',
    name: 'web_search',
    arguments: '{"q":"rain"}',
    result: '[{"url":"https://a.example"}]',
  })
  expect(
    await toPrompt([{ role: 'assistant', content, tool_calls: toolCalls }], undefined, {
      model: new MockLanguageModelV4(),
      abortSignal: new AbortController().signal,
    }),
  ).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', providerOptions: google },
        { type: 'tool-call', toolCallId: 's', toolName: 'web_search', input: { q: 'rain' }, providerExecuted: true },
        {
          type: 'tool-result',
          toolCallId: 's',
          toolName: 'web_search',
          output: { type: 'json', value: [{ url: 'https://a.example' }] },
        },
        { type: 'text', text: 'I look.', providerOptions: { openai: { itemId: 'm' } } },
        { type: 'custom', kind: 'x.y', providerOptions: { x: { y: 1 } } },
        { type: 'tool-call', toolCallId: 'c', toolName: 'weather', input: { city: 'Rome' }, providerOptions: google },
      ],
    },
  ])
})

it('keeps a source of an answer without words', () => {
  expect(fromContent([{ type: 'source', sourceType: 'url', id: '1', url: 'https://a.example' }], []).content).toEqual([
    { type: 'data', data: { type: 'source', sourceType: 'url', id: '1', url: 'https://a.example' } },
  ])
})
