import type { GenerateConfig, ToolChoice } from '../inspect/records.ts'
import type { CachePolicy } from './model/cache-policy.ts'
import type { TaskState } from './task-state.ts'

type Awaitable<T> = T | Promise<T>

export interface GenerateOptions {
  /** `loop`: tool calls are made and the model is asked again, until it makes none; `single`: once; `none`: not at all. */
  readonly toolCalls?: 'loop' | 'single' | 'none' | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly cache?: boolean | CachePolicy | undefined
  /** In Inspect's names, `max_tokens`. */
  readonly config?: GenerateConfig | undefined
}

/** Calls the model of the task with the messages and tools of the state, and puts its answer there. */
export type Generate = (state: TaskState, options?: GenerateOptions) => Promise<TaskState>

/** A step on the way to an answer. It gives the state that the next one goes on with, usually the one it got. */
export type Solver = (state: TaskState, generate: Generate) => Awaitable<TaskState>
