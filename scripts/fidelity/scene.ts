import { isFields, type Fields } from '../../src/inspect/fields.ts'
import type { EvalLog } from '../../src/inspect/records.ts'
import { parseTime } from '../../src/time.ts'
import { messageContent } from './content.ts'
import { eventIn, type Fired } from './fired.ts'
import type { Pair } from './pairs.ts'

export interface SceneParts {
  readonly live: readonly Fired[]
  readonly replayed: readonly Fired[]
  readonly headers: readonly EvalLog[]
  readonly pairs: readonly Pair[]
  /** Hooks of model calls that were fired for a call whose event the log cannot hold. */
  readonly lostCalls: ReadonlySet<Fired>
}

/** All that was fired and logged in one scenario, for those who judge a single finding. */
export class Scene {
  readonly live: readonly Fired[]
  readonly replayed: readonly Fired[]
  readonly headers: readonly EvalLog[]
  readonly lostCalls: ReadonlySet<Fired>
  readonly #live: ReadonlyMap<string | undefined, readonly Fired[]>
  readonly #replayed: ReadonlyMap<string | undefined, readonly Fired[]>
  readonly #events: ReadonlyMap<string, readonly Pair[]>
  #ids: Map<string, Map<string, number>> | undefined

  constructor({ live, replayed, headers, pairs, lostCalls }: SceneParts) {
    this.live = live
    this.replayed = replayed
    this.headers = headers
    this.lostCalls = lostCalls
    this.#live = Map.groupBy(live, ({ sample }) => sample)
    this.#replayed = Map.groupBy(replayed, ({ sample }) => sample)
    const events = pairs.filter((pair) => pair.replayed?.hook === 'onSampleEvent')
    this.#events = Map.groupBy(
      events.toSorted((a, b) => a.replayed!.line - b.replayed!.line),
      (pair) => attemptKey(pair.replayed!),
    )
  }

  /** The log of the eval that a hook is of. */
  headerOf({ data }: Fired): EvalLog | undefined {
    return this.headers.find((header) => header.eval.eval_id === data['eval_id'])
  }

  /** The specs of the tasks that were begun in a run. */
  startsOf(runId: unknown): readonly Fields[] {
    return this.live.flatMap(({ hook, data: { run_id, spec } }) =>
      hook === 'onTaskStart' && run_id === runId && isFields(spec) ? [spec] : [],
    )
  }

  /** There is no log of the eval with this spec, and one of another attempt at its task. */
  isRemoved(spec: Fields): boolean {
    return (
      this.headers.every((header) => header.eval.eval_id !== spec['eval_id']) &&
      this.headers.some((header) => header.eval.task_id === spec['task_id'])
    )
  }

  /** What was fired live for the sample that a hook is of. */
  liveOf({ sample }: Fired): readonly Fired[] {
    return sample === undefined ? [] : (this.#live.get(sample) ?? [])
  }

  replayedOf({ sample }: Fired): readonly Fired[] {
    return sample === undefined ? [] : (this.#replayed.get(sample) ?? [])
  }

  /** The sample that a hook is of, as its end shows it live. */
  liveSampleOf(fired: Fired): Fields | undefined {
    return sampleIn(this.liveOf(fired))
  }

  /** The sample that a hook is of, as its log holds it. */
  loggedSampleOf(fired: Fired): Fields | undefined {
    return sampleIn(this.replayedOf(fired))
  }

  /** The event as the live end of its sample shows it. */
  eventAtEnd(fired: Fired): Fields | undefined {
    const uuid = eventIn(fired)['uuid']
    return eventsOf(this.liveSampleOf(fired)).find((event) => event['uuid'] === uuid)
  }

  /** The events of the attempt that a hook is of, in the order of the replay. */
  eventPairsOf(fired: Fired): readonly Pair[] {
    return this.#events.get(attemptKey(fired)) ?? []
  }

  /** How often each id of a message with this content was seen live. */
  idsOf(content: string): ReadonlyMap<string, number> {
    if (!this.#ids) {
      this.#ids = new Map()
      for (const { data } of this.live) countIds(data, this.#ids)
    }
    return this.#ids.get(content) ?? new Map()
  }
}

/** Whether the log says nothing of the end of its eval. */
export function isUnfinished(header: EvalLog | undefined): boolean {
  return header?.status === 'started' && parseTime(header.stats.started_at) === undefined
}

/** Of a sample. */
export function eventsOf(sample: Fields | undefined): readonly Fields[] {
  return Array.isArray(sample?.['events']) ? (sample['events'] as Fields[]) : []
}

/** Inspect took out of a sample what it could not write. */
export function isStripped(sample: Fields | undefined): boolean {
  const error = isFields(sample?.['error']) ? String(sample['error']['message']) : ''
  return /Sample content \(.*\) was removed from the eval log because it could not be serialized/s.test(error)
}

function sampleIn(fired: readonly Fired[]): Fields | undefined {
  const sample = fired.findLast(({ hook }) => hook === 'onSampleEnd')?.data['sample']
  return isFields(sample) ? sample : undefined
}

function attemptKey({ sample, attempt }: Fired): string {
  return `${sample} ${attempt}`
}

/** Counts the ids of all messages in a value, by the content of the message. */
function countIds(root: unknown, ids: Map<string, Map<string, number>>): void {
  const open: unknown[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    open.push(...Object.values(value).filter((item) => item !== undefined))
    if (!isFields(value) || typeof value['role'] !== 'string' || typeof value['id'] !== 'string') continue
    const content = messageContent(value)
    const counts = ids.get(content) ?? new Map<string, number>()
    ids.set(content, counts.set(value['id'], (counts.get(value['id']) ?? 0) + 1))
  }
}
