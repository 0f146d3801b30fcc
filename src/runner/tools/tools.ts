import type { ChatMessage } from '../../inspect/records.ts'

/** What a tool is told besides its arguments; as the AI SDK tells it. */
export interface ToolExecutionOptions {
  readonly toolCallId: string
  readonly messages: readonly ChatMessage[]
  /** Aborted when the sample is over: a limit, a cancellation. */
  readonly abortSignal: AbortSignal
}

/**
 * A tool as the AI SDK has it (`tool()` of `ai` 5 to 7), recognised by its shape. `inputSchema` is a JSON Schema, an AI SDK
 * `Schema`, or a schema of Zod or another library that speaks Standard JSON Schema. Functions take what the SDK's types
 * derive from it, in contravariant place.
 */
/* oxlint-disable typescript/no-explicit-any */
export interface Tool {
  /** `dynamic` for `dynamicTool()`; one that only its provider can run has another. */
  readonly type?: string | undefined
  /** A text, or since `ai` 7 what makes it. */
  readonly description?: string | ((options: any) => string) | undefined
  readonly inputSchema: unknown
  readonly execute?: ((input: any, options: any) => unknown) | undefined
  readonly needsApproval?: boolean | ((input: any, options: any) => unknown) | undefined
  readonly toModelOutput?: ((options: any) => unknown) | undefined
}
/* oxlint-enable typescript/no-explicit-any */

/** By name. */
export type Tools = { readonly [name: string]: Tool }
