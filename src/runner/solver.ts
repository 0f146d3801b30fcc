import type { Awaitable } from '../hooks/awaitable.ts'
import type { Json, ToolChoice } from '../inspect/records.ts'
import type { GenerateSettings } from './options/generate-config.ts'
import type { CachePolicy } from './model/cache-policy.ts'
import type { TaskState } from './sample/task-state.ts'

export interface GenerateOptions {
  /** `loop`: tool calls are made and the model is asked again, until it makes none; `single`: once; `none`: not at all. */
  readonly toolCalls?: 'loop' | 'single' | 'none' | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly cache?: boolean | CachePolicy | undefined
  readonly config?: GenerateSettings | undefined
}

/** Calls the model of the task with the messages and tools of the state, and puts its answer there. */
export type Generate = (state: TaskState, options?: GenerateOptions) => Promise<TaskState>

/** A step on the way to an answer. It gives the state that the next one goes on with, usually the one it got. */
export type Solver = (state: TaskState, generate: Generate) => Awaitable<TaskState>

/** What a log says of a solver. */
export interface SolverInfo {
  readonly name: string
  readonly params: { readonly [name: string]: Json }
  /** By what users know one without a name: `solver[1]`. */
  readonly place?: string | undefined
}

// By which copies of this package in one process know each other's solvers.
const infoMark = Symbol.for('evalspan.solver')

/** Gives a solver a name, and says what it was made with, for the log and its span. */
export function solver(name: string, params: SolverInfo['params'], solve: Solver): Solver {
  return withInfo(solve, { name, params })
}

/** The solvers of a list, which is called so; those without a name are known by their places in it. */
export function placedIn(list: string, solvers: readonly Solver[]): Solver[] {
  return solvers.map((solve, index) => {
    const info = solverInfo(solve)
    return info.name === unnamed ? withInfo(solve, { ...info, place: `${list}[${index}]` }) : solve
  })
}

function withInfo(solve: Solver, info: SolverInfo): Solver {
  // A function of its own: the same one may be used under several names.
  const named: Solver = (state, generate) => solve(state, generate)
  return Object.defineProperty(named, infoMark, { value: info })
}

/** As the log has it; it is also what a function is called that is written behind `solver:`. */
const unnamed = 'solver'

/** Without a name of its own a solver has that of its function. */
export function solverInfo(solve: Solver): SolverInfo {
  const info = Reflect.get(solve, infoMark) as SolverInfo | undefined
  return info ?? { name: solve.name || unnamed, params: {} }
}
