import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { jsonSchema, tool } from 'ai'
import { tool as toolOf6 } from 'ai6'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { LimitExceededError } from '../../src/errors.ts'
import type { ChatMessage, ToolCall } from '../../src/inspect/records.ts'
import { callTool, type CallToolOptions } from '../../src/runner/tools/call-tool.ts'
import { ToolError } from '../../src/runner/tools/tool-error.ts'
import type { ToolResult } from '../../src/runner/tools/tool-result.ts'
import type { Tool, Tools } from '../../src/runner/tools/tools.ts'
import { caught } from './model/request.ts'

const messages: ChatMessage[] = [{ role: 'user', content: 'Go' }]

function call(tools: Tools, made: Partial<ToolCall> = {}, options: Partial<CallToolOptions> = {}): Promise<ToolResult> {
  return callTool({ id: 'c', function: 'f', arguments: {}, ...made }, tools, {
    messages,
    abortSignal: new AbortController().signal,
    ...options,
  })
}

function giving(output: unknown): Tools {
  return { f: { inputSchema: {}, execute: () => output } }
}

function failing(error: unknown): Tools {
  return { f: { inputSchema: {}, execute: () => Promise.reject(error) } }
}

describe('a call', () => {
  it('brings the arguments, as the schema makes them, and what it is for', async () => {
    const seen: unknown[] = []
    const add = tool({
      inputSchema: z.object({ x: z.number(), y: z.number().default(1) }),
      execute: ({ x, y }, options) => {
        seen.push(options)
        return x + y
      },
    })
    const { signal } = new AbortController()

    const result = await call({ f: add }, { arguments: { x: 2, extra: true } }, { abortSignal: signal })

    expect(result).toEqual({ content: '3' })
    expect(seen).toEqual([{ toolCallId: 'c', messages, abortSignal: signal, context: {} }])
  })

  // The texts are those of `call_tool` of Inspect 0.3.285; of the last its validator has other words.
  it.each<[string, Partial<ToolCall>, string]>([
    ['that could not be read', { parse_error: 'no JSON' }, 'no JSON'],
    ['of a tool that does not exist', { function: 'g' }, 'Tool g not found'],
    ['of a name that all objects have', { function: 'toString' }, 'Tool toString not found'],
    [
      'with arguments that are too deep',
      { arguments: JSON.parse(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`) as ToolCall['arguments'] },
      'Error parsing tool call arguments: arguments exceed the maximum supported nesting depth of 100',
    ],
    [
      'with arguments that do not fit',
      { arguments: { x: { y: 'one' } } },
      'Found 2 validation errors parsing tool input arguments:\n- x.y: Invalid input: expected number, received string\n- z: Invalid input: expected string, received undefined',
    ],
  ])('%s is an error that the model sees', async (_, made, message) => {
    const f = { inputSchema: z.object({ x: z.object({ y: z.number() }), z: z.string() }), execute: () => 'ran' }

    expect(await call({ f }, made)).toEqual({ content: '', error: { type: 'parsing', message } })
  })

  it('is validated by what jsonSchema() of the SDK was given for it', async () => {
    const inputSchema = jsonSchema<{ x: number }>(
      { type: 'object' },
      {
        validate: (value) =>
          typeof (value as { x?: unknown }).x === 'number'
            ? { success: true, value: value as { x: number } }
            : { success: false, error: new Error('x has to be a number') },
      },
    )
    const f = tool({ inputSchema, execute: ({ x }) => x })

    expect([await call({ f }, { arguments: { x: 1 } }), await call({ f })]).toEqual([
      { content: '1' },
      {
        content: '',
        error: {
          type: 'parsing',
          message: 'Found 1 validation errors parsing tool input arguments:\n- x has to be a number',
        },
      },
    ])
  })

  it.each([
    ['no draft', {}],
    ['draft-07', { $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['draft 2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
  ])('is validated by a JSON Schema of %s, bare or in jsonSchema()', async (_, draft) => {
    const schema = {
      ...draft,
      $id: 'https://example.com/f',
      type: 'object' as const,
      properties: {
        to: { type: 'string' as const, format: 'email' },
        unit: { enum: ['C', 'F'] },
        at: { type: 'array' as const, items: { type: 'number' as const } },
      },
      required: ['to', 'constructor'],
      additionalProperties: false,
    }
    const message =
      "Found 4 validation errors parsing tool input arguments:\n- must have required property 'constructor'\n" +
      '- must NOT have additional properties: "a/b"\n- unit: must be equal to one of the allowed values: ["C","F"]\n' +
      '- at.1: must be number'
    for (const inputSchema of [schema, { ...schema, title: 'Another' }, jsonSchema(schema)]) {
      const f = { inputSchema, execute: () => 'ran' }
      expect(await call({ f }, { arguments: { to: 'x', unit: 'K', at: [1, 'x'], 'a/b': 1 } })).toEqual({
        content: '',
        error: { type: 'parsing', message },
      })
    }
    const fits = { inputSchema: { ...schema, required: ['to'] }, execute: ({ to }: { to: string }) => to }
    expect(await call({ f: fits }, { arguments: { to: 'x' } })).toEqual({ content: 'x' })
  })

  it('of a tool that cannot be run fails the sample', async () => {
    const asks = { inputSchema: {}, execute: () => '', needsApproval: ({ x }: { x: number }) => x > 1 }

    expect(await caught(call({ f: { inputSchema: {} } }))).toMatchObject({
      message: "the tool 'f' has no 'execute': the runner has to run it",
    })
    expect(await caught(call({ f: asks }, { arguments: { x: 2 } }))).toMatchObject({
      message: "the tool 'f' needs an approval, which the runner cannot give: leave out 'needsApproval'",
    })
    expect(await call({ f: asks }, { arguments: { x: 1 } })).toEqual({ content: '' })
  })

  it('ends with the sample, also when the tool does not', async () => {
    const controller = new AbortController()
    const result = call(giving(new Promise(() => {})), {}, { abortSignal: controller.signal })
    controller.abort(new Error('the sample is over'))

    expect(await caught(result)).toMatchObject({ message: 'the sample is over' })
    expect(await caught(call(giving('late'), {}, { abortSignal: controller.signal }))).toMatchObject({
      message: 'the sample is over',
    })
  })

  it('ends with the sample, also when the tool itself ends it', async () => {
    const controller = new AbortController()
    const end = (): void => controller.abort(new Error('the sample is over'))
    const f: Tool = { inputSchema: {}, execute: () => (end(), Promise.reject(new ToolError('I was stopped'))) }

    expect(await caught(call({ f }, {}, { abortSignal: controller.signal }))).toMatchObject({
      message: 'the sample is over',
    })
  })
})

describe('a result', () => {
  it.each<[unknown, ToolResult]>([
    ['text', { content: 'text' }],
    [undefined, { content: '' }],
    [null, { content: 'null' }],
    [12.5, { content: '12.5' }],
    [false, { content: 'false' }],
    [{ a: [1] }, { content: '{"a":[1]}' }],
    [[], { content: '[]' }],
    [['a', { type: 'text', text: 'b' }], { content: '["a",{"type":"text","text":"b"}]' }],
    [{ type: 'text', text: 'b' }, { content: [{ type: 'text', text: 'b' }] }],
    [[{ type: 'image', image: 'data:,' }], { content: [{ type: 'image', image: 'data:,' }] }],
    [{ type: 'text', value: 'b' }, { content: '{"type":"text","value":"b"}' }],
    [
      {
        type: 'content',
        value: [
          { type: 'text', text: 'a' },
          { type: 'media', data: 'AA==', mediaType: 'image/png' },
          { type: 'image-data', data: 'AA==', mediaType: 'image/png' },
          { type: 'image-url', url: 'https://a.example/b.png' },
          { type: 'file', data: { type: 'data', data: 'AA==' }, mediaType: 'application/pdf', filename: 'c.pdf' },
          { type: 'file', data: { type: 'text', text: 'hi' }, mediaType: 'text/plain' },
          { type: 'custom', providerOptions: { x: { y: 1 } } },
        ],
      },
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'image', image: 'data:image/png;base64,AA==', detail: 'auto' },
          { type: 'image', image: 'data:image/png;base64,AA==', detail: 'auto' },
          { type: 'image', image: 'https://a.example/b.png', detail: 'auto' },
          {
            type: 'document',
            document: 'data:application/pdf;base64,AA==',
            filename: 'c.pdf',
            mime_type: 'application/pdf',
            citations: false,
          },
          {
            type: 'document',
            document: 'data:text/plain;base64,aGk=',
            filename: 'document.plain',
            mime_type: 'text/plain',
            citations: false,
          },
          { type: 'text', text: '{"type":"custom","providerOptions":{"x":{"y":1}}}' },
        ],
      },
    ],
  ])('of %o is what the model can be told', async (output, expected) => {
    expect(await call(giving(output))).toEqual(expected)
  })

  it('is what the tool itself makes of it for the model', async () => {
    const shown = (toModelOutput: NonNullable<Tool['toModelOutput']>) =>
      call({ f: toolOf6({ inputSchema: z.object({}), execute: () => 2, toModelOutput } as never) })

    expect(
      await Promise.all([
        shown(({ toolCallId, input, output }) => ({ type: 'json', value: { toolCallId, input, output } })),
        shown(() => ({ type: 'text', value: 'two' })),
        shown(() => Promise.resolve({ type: 'content', value: [{ type: 'text', text: 'two' }] })),
        shown(() => ({ type: 'error-json', value: { code: 2 } })),
        shown(() => ({ type: 'execution-denied', reason: 'not now' })),
        shown(() => ({ type: 'execution-denied' })),
      ]),
    ).toEqual([
      { content: '{"toolCallId":"c","input":{},"output":2}' },
      { content: 'two' },
      { content: [{ type: 'text', text: 'two' }] },
      { content: '', error: { type: 'unknown', message: '{"code":2}' } },
      { content: '', error: { type: 'approval', message: 'not now' } },
      { content: '', error: { type: 'approval', message: 'Tool call not approved.' } },
    ])
  })

  it('that comes bit by bit is the last one', async () => {
    const f = tool({
      inputSchema: z.object({}),
      async *execute() {
        yield 'loading'
        yield 'done'
      },
    })

    expect(await call({ f })).toEqual({ content: 'done' })
  })

  it('that is too long is cut in the middle, as Inspect cuts it', async () => {
    // What `resolve_tool_content` of Inspect 0.3.285 makes of it.
    const cut = (text: string) =>
      `\nThe output of your call to f was too long to be displayed.\nHere is a truncated version:\n<START_TOOL_OUTPUT>\n${text}\n<END_TOOL_OUTPUT>\n`

    expect([
      await call(giving('0123456789'), {}, { maxOutput: 7 }),
      await call(giving('0123456789éééé'), {}, { maxOutput: 9 }),
      await call(giving('abc'), {}, { maxOutput: 3 }),
      await call(giving('abc'), {}, { maxOutput: 0 }),
    ]).toEqual([
      { content: cut('0126789'), truncated: [10, 7] },
      { content: cut('0123éé'), truncated: [18, 9] },
      { content: 'abc' },
      { content: 'abc' },
    ])
    expect((await call(giving('x'.repeat(20_000)))).truncated).toEqual([20_000, 16_384])
  })
})

describe('an error', () => {
  const folder = tmpdir()

  // The texts are those of `tool_call_error` of Inspect 0.3.285 for Python's errors of the same kind.
  it.each<[string, Tools, { type: string; message: string }]>([
    ['of the tool', failing(new ToolError('no such city')), { type: 'unknown', message: 'no such city' }],
    [
      'with a kind',
      failing(new ToolError('not you', { type: 'permission' })),
      { type: 'permission', message: 'not you' },
    ],
    [
      'of another copy of the package',
      failing(Object.assign(new Error('no'), { name: 'ToolError' })),
      { type: 'unknown', message: 'no' },
    ],
    [
      'of time',
      failing(new DOMException('late', 'TimeoutError')),
      { type: 'timeout', message: 'Command timed out before completing.' },
    ],
    [
      'of a limit',
      failing(new LimitExceededError('token', { limit: 1000 })),
      { type: 'limit', message: 'The tool exceeded its token limit of 1,000.' },
    ],
    [
      'of a limit with a fraction',
      failing(new LimitExceededError('time', { limit: 1.5 })),
      { type: 'limit', message: 'The tool exceeded its time limit of 1.50.' },
    ],
    [
      'of a missing file',
      { f: { inputSchema: {}, execute: () => readFile('/none/x') } },
      { type: 'file_not_found', message: "File '/none/x' was not found." },
    ],
    [
      'of a folder in place of a file',
      { f: { inputSchema: {}, execute: () => writeFile(folder, '') } },
      { type: 'is_a_directory', message: `Is a directory. Filename '${folder}'.` },
    ],
    [
      'of a file of somebody else',
      failing(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/x' })),
      { type: 'permission', message: "Permission denied. Filename '/x'." },
    ],
    [
      'of what only others may do',
      failing(Object.assign(new Error('EPERM'), { code: 'EPERM' })),
      { type: 'permission', message: 'Operation not permitted.' },
    ],
    [
      'of a zero byte',
      { f: { inputSchema: {}, execute: () => readFile('a\0b') } },
      { type: 'parsing', message: "An argument to tool 'f' contained an embedded null byte." },
    ],
    [
      'of bytes that are no text',
      {
        f: {
          inputSchema: {},
          execute: () => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255)),
        },
      },
      { type: 'unicode_decode', message: 'Error decoding bytes: The encoded data was not valid for encoding utf-8' },
    ],
  ])('%s is what the model sees', async (_, tools, error) => {
    expect(await call(tools)).toEqual({ content: '', error })
  })

  it.each([[new Error('broken')], [new TypeError('x is not a function')], ['a word']])(
    'that nobody expects fails the sample (%s)',
    async (error) => {
      expect(await caught(call(failing(error)))).toBe(error)
    },
  )
})
