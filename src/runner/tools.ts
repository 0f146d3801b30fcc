import type { ChatMessage } from '../inspect/records.ts'

/** What a tool is told besides its arguments; as the AI SDK tells it. */
export interface ToolExecutionOptions {
  readonly toolCallId: string
  readonly messages: readonly ChatMessage[]
  /** Aborted when the sample is over: a limit, a cancellation. */
  readonly abortSignal: AbortSignal
}

/**
 * A tool as the AI SDK has it (`tool()` of `ai` 5 to 7), recognised by its shape. `inputSchema` is a JSON Schema, an AI SDK
 * `Schema`, or a schema of Zod or another library that speaks Standard JSON Schema.
 */
export interface Tool {
  readonly description?: string | undefined
  readonly inputSchema: unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- the AI SDK derives it from the schema, in contravariant place
  readonly execute?: ((input: any, options: any) => unknown) | undefined
}

/** By name. */
export type Tools = { readonly [name: string]: Tool }
