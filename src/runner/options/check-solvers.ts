import type { Solver } from '../solver.ts'
import { generate } from '../solvers/generate.ts'
import { multipleChoice } from '../solvers/multiple-choice.ts'
import { toList, type OneOrMany } from '../to-list.ts'
import type { Wrong } from './wrong.ts'

/** What gives a solver when it is called with nothing, so that the call is easily forgotten. */
const makers: readonly unknown[] = [generate, multipleChoice]

/** Throws for what is no solver. */
export function checkSolvers(solvers: OneOrMany<Solver> | undefined, field: string, wrong: Wrong): void {
  for (const [index, solve] of toList<unknown>(solvers).entries()) {
    if (typeof solve !== 'function') throw wrong(`${field}[${index}]`, 'is no solver; give a function')
    if (makers.includes(solve)) throw wrong(`${field}[${index}]`, `is still to be called: ${solve.name}()`)
  }
}
