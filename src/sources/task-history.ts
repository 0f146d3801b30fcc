import type { EvalSample, Event } from '../inspect/records.ts'

/**
 * What is known of the attempts at tasks. A task that is tried again has a log of its own for each attempt, into which
 * finished samples are taken over under their uuid, and failed ones by their last events.
 */
export class TaskHistory {
  readonly #isTriedAgain: (taskId: string) => boolean
  /** By task: the log in which a sample, or an event, was first. */
  readonly #samples = new Map<string, Map<string, string>>()
  readonly #events = new Map<string, Map<string, string>>()

  /** `isTriedAgain`: what is known of the others would be kept for nothing. */
  constructor(isTriedAgain: (taskId: string) => boolean) {
    this.#isTriedAgain = isTriedAgain
  }

  /** A sample of that log has been told. A task without an id of its own has no history. */
  remember({ taskId, path }: LogIds, sample: EvalSample): void {
    if (taskId === '' || !this.#isTriedAgain(taskId)) return
    put(this.#samples, taskId, nameOf(sample), path)
    if (!sample.error) return
    const tail = sample.events.slice(sample.events.findLastIndex((event) => event.event === 'model'))
    for (const { uuid } of tail) put(this.#events, taskId, uuid, path)
  }

  /** An earlier attempt at the task holds this sample. */
  isReused({ taskId, path }: LogIds, sample: EvalSample): boolean {
    const samples = this.#samples.get(taskId)
    const owner = samples?.get(nameOf(sample))
    return owner !== undefined && owner !== path
  }

  /** An earlier attempt at the task holds this event. */
  isEarlier({ taskId, path }: LogIds, { uuid }: Event): boolean {
    const owner = uuid === undefined ? undefined : this.#events.get(taskId)?.get(uuid)
    return owner !== undefined && owner !== path
  }
}

export interface LogIds {
  readonly taskId: string
  readonly path: string
}

/** Before 0.3.70 samples had no uuid. Those that were run anew have other times, and before there were times, other words. */
function nameOf({ uuid, id, epoch, events, messages }: EvalSample): string {
  return uuid ?? JSON.stringify([id, epoch, events[0]?.timestamp ?? messages])
}

function put(all: Map<string, Map<string, string>>, taskId: string, uuid: string | undefined, path: string): void {
  if (uuid === undefined) return
  const owners = all.get(taskId) ?? new Map<string, string>()
  all.set(taskId, owners)
  // The first attempt that has it is where it was made.
  if (!owners.has(uuid)) owners.set(uuid, path)
}
