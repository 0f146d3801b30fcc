import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockLanguageModelV3, MockLanguageModelV4 } from 'ai/test'
import { MockLanguageModelV2 } from 'ai5/test'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../../src/inspect/records.ts'
import type { LanguageModel } from '../../../src/runner/model/language-model.ts'
import { toPrompt } from '../../../src/runner/model/to-prompt.ts'
import { caught } from './request.ts'

const v4 = new MockLanguageModelV4({ supportedUrls: { 'image/*': [/^https:\/\/images\./] } })
const { signal: abortSignal } = new AbortController()
const pixel = 'iVBORw0KGgo='
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()))
})

function prompt(messages: readonly ChatMessage[], model: LanguageModel = v4, history?: string) {
  return toPrompt(messages, history, { model, abortSignal })
}

describe('a conversation', () => {
  it('keeps roles, reasoning, calls and results', async () => {
    expect(
      await prompt([
        {
          role: 'system',
          content: [
            { type: 'text', text: 'Be' },
            { type: 'text', text: 'brief.' },
          ],
        },
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: [
            {
              type: 'reasoning',
              reasoning: 'Two cities.',
              internal: { providerMetadata: { anthropic: { signature: 's' } } },
            },
            { type: 'text', text: 'I look.' },
            { type: 'data', data: { tool_calls: { b: { google: { thoughtSignature: 't' } } } } },
          ],
          tool_calls: [
            { id: 'a', function: 'weather', arguments: { city: 'Rome' } },
            { id: 'b', function: 'weather', arguments: {}, parse_error: 'no JSON' },
          ],
        },
        { role: 'tool', content: 'Sunny', tool_call_id: 'a', function: 'weather' },
        { role: 'tool', content: '', tool_call_id: 'b', error: { type: 'parsing', message: 'no JSON' } },
        { role: 'assistant', content: '' },
      ]),
    ).toEqual([
      { role: 'system', content: 'Be\nbrief.' },
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Two cities.', providerOptions: { anthropic: { signature: 's' } } },
          { type: 'text', text: 'I look.' },
          { type: 'tool-call', toolCallId: 'a', toolName: 'weather', input: { city: 'Rome' } },
          {
            type: 'tool-call',
            toolCallId: 'b',
            toolName: 'weather',
            input: {},
            providerOptions: { google: { thoughtSignature: 't' } },
          },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', toolName: 'weather', output: { type: 'text', value: 'Sunny' } },
          {
            type: 'tool-result',
            toolCallId: 'b',
            toolName: 'weather',
            output: { type: 'error-text', value: 'Error: no JSON' },
          },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: '(no content)' }] },
    ])
  })

  it('has the form that each provider takes', async () => {
    const messages: ChatMessage[] = [
      { role: 'assistant', content: '' },
      { role: 'tool', content: '', tool_call_id: 'a', function: 'f', error: { type: 'unknown', message: 'broken' } },
    ]
    const sent = async (provider: string) =>
      (await prompt(messages, new MockLanguageModelV4({ provider }))).flatMap(({ content }) =>
        typeof content === 'string' ? [] : content.map(({ text, output }) => text ?? output),
      )

    expect([await sent('openai.chat'), await sent('anthropic.messages')]).toEqual([
      ['', { type: 'error-text', value: 'Error: broken' }],
      ['(no content)', { type: 'error-text', value: 'broken' }],
    ])
  })

  it('sends as much reasoning of earlier answers as is asked for', async () => {
    const thought = (reasoning: string): ChatMessage => ({
      role: 'assistant',
      content: [
        { type: 'reasoning', reasoning },
        { type: 'text', text: 'So.' },
      ],
    })
    const reasons = async (history: string) =>
      JSON.stringify(await prompt([thought('first'), thought('second')], v4, history)).match(/first|second/g)

    expect([await reasons('none'), await reasons('last'), await reasons('auto')]).toEqual([
      null,
      ['second'],
      ['first', 'second'],
    ])
  })

  it('gives a signature of an Inspect log back to its provider, and a summary in place of what is hidden', async () => {
    const claude = new MockLanguageModelV4({ provider: 'anthropic.messages' })

    expect(
      await prompt(
        [
          {
            role: 'assistant',
            content: [
              { type: 'reasoning', reasoning: 'Hm.', signature: 'abc', redacted: false },
              { type: 'reasoning', reasoning: 'ENCRYPTED', summary: 'It thought.', redacted: true },
            ],
          },
        ],
        claude,
      ),
    ).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', providerOptions: { anthropic: { signature: 'abc' } } },
          { type: 'reasoning', text: 'It thought.' },
        ],
      },
    ])
  })
})

describe('files', () => {
  it('are read, and sent in the form of each version', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'media-'))
    cleanUps.push(() => rm(folder, { recursive: true }))
    const path = join(folder, 'a.pdf')
    await writeFile(path, 'PDF')
    const messages: ChatMessage[] = [
      {
        role: 'user',
        content: [
          { type: 'image', image: `data:image/png;base64,${pixel}` },
          { type: 'audio', audio: 'data:audio/x;base64,AA==', format: 'mp3' },
          { type: 'document', document: path, filename: 'a.pdf', mime_type: 'application/pdf' },
          { type: 'document', document: 'data:text/plain,hello%20there' },
        ],
      },
    ]
    const held = [
      ['image/png', pixel],
      ['audio/mpeg', 'AA=='],
      ['application/pdf', 'UERG'],
      ['text/plain', 'aGVsbG8gdGhlcmU='],
    ]
    const files = (form: (data: string) => unknown) => [
      {
        role: 'user',
        content: held.map(([mediaType, data], index) => ({
          type: 'file',
          mediaType,
          data: form(data!),
          ...(index === 2 ? { filename: 'a.pdf' } : {}),
        })),
      },
    ]

    expect(await prompt(messages, v4)).toEqual(files((data) => ({ type: 'data', data })))
    expect(await prompt(messages, new MockLanguageModelV3())).toEqual(files((data) => data))
    expect(await prompt(messages, new MockLanguageModelV2())).toEqual(files((data) => data))
  })

  it('stay URLs where the provider gets them by itself, and are fetched where not', async () => {
    const server = createServer((incoming, response) => {
      if (incoming.url === '/a') response.writeHead(200, { 'content-type': 'image/webp; q=1' }).end('RIFF')
      else response.writeHead(503).end()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    cleanUps.push(() => new Promise((resolve) => void server.close(resolve)))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ask = (image: string) => prompt([{ role: 'user', content: [{ type: 'image', image }] }])

    expect(await ask('https://images.example/b.jpg?size=2')).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'file',
            mediaType: 'image/jpeg',
            data: { type: 'url', url: new URL('https://images.example/b.jpg?size=2') },
          },
        ],
      },
    ])
    expect(await ask(`${url}/a`)).toEqual([
      { role: 'user', content: [{ type: 'file', mediaType: 'image/webp', data: { type: 'data', data: 'UklGRg==' } }] },
    ])
    expect(await caught(ask(`${url}/b?token=1`))).toMatchObject({
      message: `${url}/b of a message cannot be fetched: HTTP 503`,
      status: 503,
    })
  })

  it('that are missing are named', async () => {
    expect(await caught(prompt([{ role: 'user', content: [{ type: 'image', image: '/none/x.png' }] }]))).toMatchObject({
      code: 'BAD_OPTION',
      message:
        "the image '/none/x.png' of a message cannot be read (ENOENT: no such file or directory, open '/none/x.png'): name a file, a URL or a data URI",
    })
  })

  it('in results of tools have the form of each version', async () => {
    const messages: ChatMessage[] = [
      {
        role: 'tool',
        tool_call_id: 'a',
        function: 'shot',
        content: [
          { type: 'text', text: 'Here:' },
          { type: 'image', image: `data:image/png;base64,${pixel}` },
        ],
      },
    ]
    const value = async (model: LanguageModel): Promise<unknown> => {
      const [message] = await prompt(messages, model)
      return typeof message?.content === 'object' ? message.content[0]?.['output'] : undefined
    }
    const withPart = (part: unknown) => ({ type: 'content', value: [{ type: 'text', text: 'Here:' }, part] })

    expect(await value(new MockLanguageModelV2())).toEqual(
      withPart({ type: 'media', data: pixel, mediaType: 'image/png' }),
    )
    expect(await value(new MockLanguageModelV3())).toEqual(
      withPart({ type: 'image-data', data: pixel, mediaType: 'image/png' }),
    )
    expect(await value(v4)).toEqual(
      withPart({ type: 'file', data: { type: 'data', data: pixel }, mediaType: 'image/png' }),
    )
  })
})
