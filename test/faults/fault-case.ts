import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type Variables } from './child-process.ts'
import type { FaultyBackend } from './faulty-backend.ts'

/** How things stand when the backend is broken. */
export type Mode = 'while running' | 'at the end'

export interface FaultCase<B extends FaultyBackend> {
  readonly name: string
  /** What becomes of the items until the backend is healed. */
  readonly items: (mode: Mode) => 'wait' | 'are parked' | 'are taken'
  /** The backend takes what it does not answer for, so it may get that again. */
  readonly losesAnswers?: boolean
  /** Spans that it refuses for good, a number being all that it says of them. */
  readonly refused?: number
  /** False: nothing changes it, so that nothing may be left at the end. */
  readonly heals?: boolean
  /** How long the eval waits at its end for a backend that is not healed by then; a second when left out. */
  readonly flushTimeout?: string
  /** The eval's requests wait for an answer for a second and not for ten. */
  readonly isSilent?: boolean
  readonly start: (this: void) => Promise<B>
  /** Of every process of the case. */
  variables?(backend: B, folder: string): Variables
  break(backend: B, mode: Mode): Promise<void>
  /** Resolves when the fault was met. */
  met(backend: B): Promise<void>
  heal(backend: B, folder: string, mode: Mode): Promise<void>
}

/** Longer than items wait for company. */
export const firstAttemptMs = 1_000

/** Nobody listens, then somebody does on the same port. */
export function refusedConnection<B extends FaultyBackend>(start: () => Promise<B>): FaultCase<B> {
  return {
    name: 'refused connection',
    items: () => 'wait',
    start,
    break: (backend) => backend.close(),
    met: () => sleep(firstAttemptMs),
    heal: (backend) => backend.listen(),
  }
}

/** A backend that can be reached, and answers as it should not. */
export function answering<B extends FaultyBackend>(
  name: string,
  items: 'wait' | 'are parked' | 'are taken',
  start: () => Promise<B>,
  breakIt: (backend: B, mode: Mode) => void,
): FaultCase<B> {
  return {
    name,
    items: () => items,
    // What is refused is refused one by one.
    ...(items === 'are parked' && { flushTimeout: '20s' }),
    start,
    break: async (backend, mode) => breakIt(backend, mode),
    met: (backend) => eventually(`${name} is met`, () => backend.faulty > 0),
    heal: async (backend) => backend.heal(),
  }
}
