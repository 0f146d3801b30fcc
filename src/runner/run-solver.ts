import { TaskState } from './task-state.ts'
import type { ActiveSample } from './active.ts'
import { solverInfo, type Generate, type Solver } from './solver.ts'

/** Runs solvers one after the other, each in a span of its own, until the state says that it is complete. */
export async function runSolvers(solvers: readonly Solver[], sample: ActiveSample, generate: Generate): Promise<void> {
  for (const solve of solvers) {
    if (sample.state.completed) return
    const { name } = solverInfo(solve)
    await sample.transcript.span(name, 'solver', async () => {
      const state: unknown = await solve(sample.state, generate)
      if (!TaskState.is(state)) {
        throw new TypeError(`solver ${name} gave ${describe(state)}; it has to return the state that comes after it`)
      }
      sample.state = state
    })
  }
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : value === null ? 'null' : `a value of type ${typeof value}`
}
