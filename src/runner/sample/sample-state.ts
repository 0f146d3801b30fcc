import { activeSample } from './active.ts'
import type { TaskState } from './task-state.ts'

/** How far the sample has come whose code is running, for tools and helpers that are not handed it; undefined outside of samples. */
export function sampleState(): TaskState | undefined {
  return activeSample()?.state
}

/** What the sample keeps whose code is running: its `state.store`. Throws outside of samples. */
export function store(): TaskState['store'] {
  const state = sampleState()
  if (!state)
    throw new Error('store() is for solvers, tools and scorers: there is no sample here whose store it could be')
  return state.store
}
