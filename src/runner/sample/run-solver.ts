import type { OtherEvent } from '../../inspect/records.ts'
import type { ActiveSample } from './active.ts'
import { jsonChanges } from './json-changes.ts'
import { messageProblems } from './message-problems.ts'
import { solverInfo, type Generate, type Solver } from '../solver.ts'
import { stateRecord } from './state-record.ts'
import { TaskState } from './task-state.ts'

/** Runs solvers one after the other, each in a span of its own, until the state says that it is complete. */
export async function runSolvers(solvers: readonly Solver[], sample: ActiveSample, generate: Generate): Promise<void> {
  for (const solve of solvers) {
    if (sample.state.completed) return
    const { name, place = `solver ${name}` } = solverInfo(solve)
    await sample.transcript.span(name, 'solver', async () => {
      const before = await stateRecord(sample.state)
      const state: unknown = await solve(sample.state, generate)
      if (!TaskState.is(state)) {
        throw new TypeError(`${place} gave ${describe(state)}; it has to return the state that comes after it`)
      }
      expectMessages(state, place)
      sample.state = state
      const changes = jsonChanges(before, await stateRecord(state))
      if (changes.length > 0) sample.transcript.add<OtherEvent>({ event: 'state', changes })
    })
  }
}

function expectMessages({ messages }: TaskState, place: string): void {
  for (const [index, problem] of messageProblems(messages)) {
    throw new TypeError(`after ${place} state.messages[${index}] ${problem}`)
  }
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function, perhaps the solver that it makes when it is called'
  return value === undefined ? 'nothing' : value === null ? 'null' : `a value of type ${typeof value}`
}
