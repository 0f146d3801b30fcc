import { activeSample } from '../sample/active.ts'
import { runSolvers } from '../sample/run-solver.ts'
import { placedIn, solver, type Solver } from '../solver.ts'

const chains = new WeakMap<Solver, readonly Solver[]>()

/** The solvers themselves, where some of them are chains. */
export function unchained(solvers: readonly Solver[]): Solver[] {
  return solvers.flatMap((solve) => {
    const inner = chains.get(solve)
    return inner ? unchained(inner) : [solve]
  })
}

/** Several solvers as one, one after the other. */
export function chain(...links: readonly Solver[]): Solver {
  const solvers = placedIn('chain', links)
  const chained = solver('chain', {}, async (state, generate) => {
    const sample = activeSample()
    if (!sample) throw new Error('chain is a solver: it runs in a sample')
    sample.state = state
    await runSolvers(unchained(solvers), sample, generate)
    return sample.state
  })
  chains.set(chained, solvers)
  return chained
}
