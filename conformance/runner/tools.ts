import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Tool, Tools } from '../../src/index.ts'
import type { ScenarioTool } from '../format/steps.ts'
import { failTimes } from './errors.ts'

/** The tools that scenarios may use, by name. */
export function makeTools(said: readonly ScenarioTool[]): Tools {
  return Object.fromEntries(said.map((each) => [each.name ?? each.tool, makers[each.tool](each)]))
}

const makers: { readonly [kind in ScenarioTool['tool']]: (said: ScenarioTool) => Tool } = {
  add: () => ({
    description: 'Adds two numbers.',
    inputSchema: z.strictObject({ x: z.int(), y: z.int() }),
    execute: ({ x, y }: { x: number; y: number }) => x + y,
  }),
  echo: () => ({
    description: 'Says it again.',
    inputSchema: z.strictObject({ text: z.string() }),
    execute: ({ text }: { text: string }) => text,
  }),
  fail: ({ tool, name = tool, ...said }) => ({
    description: 'Fails.',
    inputSchema: z.strictObject({}),
    execute: () => {
      failTimes(`tool ${name}`, { ...said, type: said.type ?? 'ToolError' })
      return 'done'
    },
  }),
  slow: ({ seconds = 0.1 }) => ({
    description: 'Takes its time.',
    inputSchema: z.strictObject({}),
    execute: async (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
      await wait(seconds * 1000, undefined, { signal: abortSignal })
      return 'done'
    },
  }),
}
