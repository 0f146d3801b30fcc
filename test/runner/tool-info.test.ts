import { dynamicTool, jsonSchema, tool } from 'ai'
import { tool as toolOf5 } from 'ai5'
import { tool as toolOf6 } from 'ai6'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { z as zod3 } from 'zod/v3'
import { toolInfos } from '../../src/runner/tools/tool-info.ts'
import type { Tools } from '../../src/runner/tools/tools.ts'
import { caught } from './model/request.ts'

const execute = (): string => ''
const city = z.object({ city: z.string().describe('Where') })

const cityInfo = {
  description: 'Tells the weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Where' } },
    required: ['city'],
    additionalProperties: false,
  },
}

it('describes tools of all versions of the SDK', async () => {
  const description = 'Tells the weather'
  const tools: Tools = {
    of5: toolOf5({ description, inputSchema: city, execute }),
    of6: toolOf6({ description, inputSchema: city, execute }),
    of7: tool({ description: () => description, inputSchema: city, execute }),
    dynamic: dynamicTool({ description, inputSchema: city, execute }),
    plain: { description, inputSchema: city, execute },
  }

  expect(await toolInfos(tools)).toEqual(Object.keys(tools).map((name) => ({ name, ...cityInfo })))
})

it('reads schemas of every kind', async () => {
  const schema = cityInfo.parameters as object
  const description = 'Tells the weather'
  const standard = {
    '~standard': {
      version: 1,
      vendor: 'other',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: ({ target }: { target: string }) => ({ $schema: target, ...schema }) },
    },
  }
  const tools: Tools = Object.fromEntries(
    Object.entries({
      json: schema,
      sdk: jsonSchema(schema),
      lazy: () => jsonSchema(schema),
      later: jsonSchema(() => schema),
      promised: jsonSchema(Promise.resolve(schema)),
      standard,
      callable: Object.assign(() => {}, standard),
      zod3: zod3.object({ city: zod3.string().describe('Where') }),
    }).map(([name, inputSchema]) => [name, { description, inputSchema, execute }]),
  )

  expect(await toolInfos(tools)).toEqual(Object.keys(tools).map((name) => ({ name, ...cityInfo })))
})

it('describes a tool without arguments as one that takes an object', async () => {
  expect(await toolInfos({ now: { inputSchema: {}, execute } })).toEqual([
    { name: 'now', description: '', parameters: { type: 'object', properties: {}, required: [] } },
  ])
})

it.each<[unknown, unknown]>([
  ['x', "the tool 'x' is no tool: make it with tool() of 'ai', or as { description, inputSchema, execute }"],
  [{ inputSchema: city }, "the tool 'x' has no 'execute': the runner has to run it"],
  [
    { type: 'provider', id: 'openai.web_search', inputSchema: city, execute },
    "the tool 'x' is run by its provider (type 'provider'), which is not supported: leave it out",
  ],
  [
    { inputSchema: city, execute, needsApproval: true },
    "the tool 'x' needs an approval, which the runner cannot give: leave out 'needsApproval'",
  ],
  [{ execute }, "inputSchema of the tool 'x' is no schema: give one of Zod, jsonSchema() of 'ai', or a JSON Schema"],
  [
    { inputSchema: { type: 'object', properties: { a: { type: 'text' } } }, execute },
    expect.stringMatching(
      /^inputSchema of the tool 'x' is no valid JSON Schema \(.*data\/properties\/a\/type must be .*\): correct it, or say in \$schema which draft it is$/,
    ),
  ],
  [{ inputSchema: { $ref: '#/$defs/a' }, execute }, expect.stringContaining("can't resolve reference #/$defs/a")],
  [
    { inputSchema: { '~standard': { version: 1, vendor: 'odd', validate: () => ({}) } }, execute },
    "inputSchema of the tool 'x' cannot be written as JSON Schema: 'odd' does not speak Standard JSON Schema; wrap it in jsonSchema() of 'ai'",
  ],
  [
    {
      inputSchema: city,
      execute,
      description: () => {
        throw new Error('no context')
      },
    },
    "the description of the tool 'x' failed (no context): give it as a text",
  ],
])('says what is wrong with a tool (%#)', async (broken, message) => {
  expect(await caught(toolInfos({ x: broken } as Tools))).toMatchObject({ code: 'BAD_OPTION', message })
})
