import { activeSample } from '../active.ts'
import { runSolvers } from '../run-solver.ts'
import { solver, type Solver } from '../solver.ts'

/** Several solvers as one, one after the other. */
export function chain(...solvers: readonly Solver[]): Solver {
  return solver('chain', {}, async (state, generate) => {
    const sample = activeSample()
    if (!sample) throw new Error('chain is a solver: it runs in a sample')
    sample.state = state
    await runSolvers(solvers, sample, generate)
    return sample.state
  })
}
