import { noCounts } from './counts.ts'
import type { RunSnapshot } from './snapshot.ts'

/** What went wrong, and what it cost. */
export interface Trouble {
  retries: number
  rateLimited: number
  /** Milliseconds. */
  waited: number
  errors: number
}

export function noTrouble(): Trouble {
  return { retries: 0, rateLimited: 0, waited: 0, errors: 0 }
}

/** One call of `eval()`. */
export class RunBoard {
  readonly id: string
  readonly started: number
  readonly trouble = noTrouble()
  /** Of its tasks that are not kept any more. */
  past = noCounts
  evalSetId: string | null = null
  plannedTasks: number | null = null
  ended: number | undefined
  error: string | null = null
  /** Its process is gone without having told an end. */
  isLost = false
  heard: number

  constructor(id: string, started: number) {
    this.id = id
    this.started = started
    this.heard = started
  }

  snapshot(): RunSnapshot {
    const { id, evalSetId, plannedTasks, started, ended, error, heard } = this
    const end = this.isLost ? 'lost' : error === null ? 'ended' : 'error'
    const state = ended === undefined ? 'running' : end
    return { id, evalSetId, plannedTasks, started, ended: ended ?? null, state, error, heard }
  }
}
