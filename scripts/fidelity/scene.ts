import { isFields, type Fields } from '../../src/inspect/fields.ts'
import type { EvalLog } from '../../src/inspect/records.ts'
import { parseTime } from '../../src/time.ts'
import { messageContent } from './content.ts'
import { eventOf, sampleOf, type Fired } from './fired.ts'
import type { LostCalls } from './lost-calls.ts'
import type { Pair } from './pairs.ts'

interface SceneParts {
  readonly live: readonly Fired[]
  readonly replayed: readonly Fired[]
  readonly headers: readonly EvalLog[]
  readonly pairs: readonly Pair[]
  readonly lostCalls: LostCalls
}

/** All that was fired and logged in one scenario, for those who judge a single finding. */
export class Scene {
  readonly live: readonly Fired[]
  readonly replayed: readonly Fired[]
  readonly lostCalls: LostCalls
  readonly #pairs: ReadonlyMap<string, readonly Pair[]>
  #ids: Map<string, Map<string, number>> | undefined
  readonly #headers: ReadonlyMap<unknown, EvalLog>
  readonly #live: ReadonlyMap<string, readonly Fired[]>
  readonly #replayed: ReadonlyMap<string, readonly Fired[]>

  constructor({ live, replayed, headers, pairs, lostCalls }: SceneParts) {
    this.live = live
    this.replayed = replayed
    this.lostCalls = lostCalls
    const events = pairs.filter(({ replayed }) => replayed?.hook === 'onSampleEvent')
    this.#pairs = Map.groupBy(
      events.toSorted((a, b) => a.replayed!.line - b.replayed!.line),
      ({ replayed }) => attemptKey(replayed!),
    )
    this.#headers = new Map(headers.map((header) => [header.eval.eval_id, header]))
    this.#live = bySample(live)
    this.#replayed = bySample(replayed)
  }

  get headers(): readonly EvalLog[] {
    return [...this.#headers.values()]
  }

  /** The log of the eval that a hook is of. */
  headerOf({ data }: Fired): EvalLog | undefined {
    return this.#headers.get(data['eval_id'])
  }

  /** Whether there is a log of the eval that says nothing of its end. */
  isUnfinished(header: EvalLog | undefined): boolean {
    return header?.status === 'started' && parseTime(header.stats.started_at) === undefined
  }

  /** What was fired live for the sample that a hook is of. */
  liveOf(fired: Fired): readonly Fired[] {
    return this.#live.get(sampleOf(fired.hook, fired.data) ?? '') ?? []
  }

  replayedOf(fired: Fired): readonly Fired[] {
    return this.#replayed.get(sampleOf(fired.hook, fired.data) ?? '') ?? []
  }

  /** The events of the sample that a hook is of, as the live end of the sample shows them; none when it had no end. */
  liveEventsOf(fired: Fired): readonly Fields[] {
    const end = this.liveOf(fired).find(({ hook }) => hook === 'onSampleEnd')?.data['sample']
    return isFields(end) && Array.isArray(end['events']) ? (end['events'] as Fields[]) : []
  }

  /** How often each id of a message with this content was seen live. */
  idsOf(content: string): ReadonlyMap<string, number> {
    this.#ids ??= this.#countIds()
    return this.#ids.get(content) ?? new Map()
  }

  #countIds(): Map<string, Map<string, number>> {
    const ids = new Map<string, Map<string, number>>()
    for (const { data } of this.live) countIds(data, ids)
    return ids
  }

  /** The lines of the live events before and after an event that the replay alone has, in the order of the replay. */
  neighbours(replayed: Fired): { before: number | undefined; after: number | undefined } {
    const lines = this.eventPairsOf(replayed)
    return {
      before: lines.findLast((pair) => pair.live && pair.replayed!.line < replayed.line)?.live?.line,
      after: lines.find((pair) => pair.live && pair.replayed!.line > replayed.line)?.live?.line,
    }
  }

  /** The events of the attempt that a hook is of, in the order of the replay. */
  eventPairsOf(fired: Fired): readonly Pair[] {
    return this.#pairs.get(attemptKey(fired)) ?? []
  }

  /** The event as the live end of its sample shows it. */
  eventAtEnd(fired: Fired): Fields | undefined {
    return this.liveEventsOf(fired).find((event) => event['uuid'] === eventOf(fired.data))
  }
}

function attemptKey({ hook, data, attempt }: Fired): string {
  return `${sampleOf(hook, data)} ${attempt}`
}

/** Counts the ids of all messages in a value, by the content of the message. */
function countIds(root: unknown, ids: Map<string, Map<string, number>>): void {
  const open: unknown[] = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    open.push(...Object.values(value))
    if (!isFields(value) || typeof value['role'] !== 'string' || typeof value['id'] !== 'string') continue
    const content = messageContent(value)
    const counts = ids.get(content) ?? new Map<string, number>()
    ids.set(content, counts.set(value['id'], (counts.get(value['id']) ?? 0) + 1))
  }
}

function bySample(fired: readonly Fired[]): Map<string, readonly Fired[]> {
  const groups = Map.groupBy(fired, ({ hook, data }) => sampleOf(hook, data))
  return new Map([...groups].flatMap(([sample, members]) => (sample === undefined ? [] : [[sample, members]])))
}
