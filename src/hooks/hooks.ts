import type { Awaitable } from './awaitable.ts'
import type * as events from './events.ts'

/** Said with every event: when it happened, whose run it is, and whether it comes from a log. */
export interface EventMeta {
  /** ISO 8601 in UTC with up to nine digits of a second: `2026-11-21T05:56:09.518245Z`. */
  readonly time: string
  readonly host: 'evalspan' | 'inspect'
  readonly replay: boolean
}

// Marks by which copies of this package in one process know each other's classes and empty methods.
const baseMark = Symbol.for('evalspan.Hooks')
const emptyMark = Symbol.for('evalspan.Hooks.empty')

/**
 * The base of all hooks: override what you need. Each method is one event, and this is the only place it is declared;
 * its type, its name on the wire (`onSampleEnd` → `on_sample_end`) and the list of all events are derived from it.
 *
 * One instance is made for each registered class and lives as long as the process. Calls come one after another in
 * registration order, but those of different samples and tasks interleave at every `await`. Data is a snapshot which
 * belongs to the framework: read it, do not change it. An error is caught and reported with the hook's name and never
 * harms the eval; only a `LimitExceededError` passes through. In a run of Inspect itself, which is another process,
 * hooks watch: what they change, return or throw has no effect there.
 */
export class Hooks {
  /** Set to true in a subclass whose methods are to be called on replay of a log as well. */
  static replay = false

  static {
    Object.defineProperty(this, baseMark, { value: true })
    for (const name of Object.getOwnPropertyNames(this.prototype)) {
      const method: unknown = Reflect.get(this.prototype, name)
      if (name.startsWith('on') && typeof method === 'function')
        Object.defineProperty(method, emptyMark, { value: true })
    }
  }

  /** Asked before every call, so keep it cheap. False leaves the hooks out for that call. */
  enabled(): boolean {
    return true
  }

  /** A call of `evalSet()` starts on a log folder; repeated with the same id when the set is resumed. */
  onEvalSetStart(_data: events.EvalSetStart, _meta: EventMeta): Awaitable<void> {}
  /** An eval set is through; missing when an error or Ctrl-C ended it. */
  onEvalSetEnd(_data: events.EvalSetEnd, _meta: EventMeta): Awaitable<void> {}
  /** A run starts, before any of its tasks. */
  onRunStart(_data: events.RunStart, _meta: EventMeta): Awaitable<void> {}
  /** A run is over, after all of its tasks; can come without `onRunStart` when start-up failed. */
  onRunEnd(_data: events.RunEnd, _meta: EventMeta): Awaitable<void> {}
  /** An attempt at a task starts, before any of its samples. */
  onTaskStart(_data: events.TaskStart, _meta: EventMeta): Awaitable<void> {}
  /** A task came to its regular end; missing when it raised or was cancelled. */
  onTaskEnd(_data: events.TaskEnd, _meta: EventMeta): Awaitable<void> {}
  /** A sample is scheduled, before its sandbox is made. Once for each epoch, not for retries. */
  onSampleInit(_data: events.SampleInit, _meta: EventMeta): Awaitable<void> {}
  /** A sample is about to run. Once for each epoch; missing when its first attempt died in its sandbox. */
  onSampleStart(_data: events.SampleStart, _meta: EventMeta): Awaitable<void> {}
  /** An attempt at a sample starts, the first one included. */
  onSampleAttemptStart(_data: events.SampleAttemptStart, _meta: EventMeta): Awaitable<void> {}
  /** An attempt is over, with its error and whether another one follows. */
  onSampleAttemptEnd(_data: events.SampleAttemptEnd, _meta: EventMeta): Awaitable<void> {}
  /** An event of a sample's transcript is complete. The same event may come again with later content: the last counts. */
  onSampleEvent(_data: events.SampleEvent, _meta: EventMeta): Awaitable<void> {}
  /** The solvers of an attempt are done and scoring is about to begin, even after an error. */
  onSampleScoring(_data: events.SampleScoring, _meta: EventMeta): Awaitable<void> {}
  /** A sample is finished, after its last attempt, with all that is known of it. */
  onSampleEnd(_data: events.SampleEnd, _meta: EventMeta): Awaitable<void> {}
  /** A model is about to be called, once for each attempt of the call, also when the cache will answer. */
  onBeforeModelGenerate(_data: events.BeforeModelGenerate, _meta: EventMeta): Awaitable<void> {}
  /** A model answered with its usage; not for answers from the cache nor for the call that trips a limit. */
  onModelUsage(_data: events.ModelUsageData, _meta: EventMeta): Awaitable<void> {}
  /** Inspect's cache answered instead of a model. */
  onModelCacheUsage(_data: events.ModelCacheUsageData, _meta: EventMeta): Awaitable<void> {}
  /** A model call failed and is tried again after a wait. */
  onModelRetry(_data: events.ModelRetry, _meta: EventMeta): Awaitable<void> {}

  /**
   * Asked for the API key in an environment variable when a model is made and when the provider refused the key.
   * Return a key, or a promise of one, to use it, or nothing to leave it as it is. Calls that were refused together ask
   * once; the run waits for the answer. Has no effect on a run of Inspect itself.
   * Do not define it unless needed: that some hook defines it makes refused keys worth a retry.
   */
  overrideApiKey?(data: events.ApiKeyOverride): Awaitable<string | null | undefined>
}

/** The method of an event: `onSampleEnd`. */
export type HookName = keyof { [N in keyof Hooks as N extends `on${string}` ? N : never]: 0 }

/** The data of the event whose method is `N`. */
export type HookData<N extends HookName> = Parameters<Hooks[N]>[0]

/** A subclass of `Hooks`, as it is registered. */
export type HooksClass = (new () => Hooks) & { readonly replay?: boolean | undefined }

/** True for subclasses of `Hooks`, also of another copy of the package. */
export function isHooksClass(value: unknown): value is HooksClass {
  return typeof value === 'function' && Reflect.get(value, baseMark) === true
}

/** False when the method of an event is the empty one of the base class, so that calling it is a waste. */
export function listensTo(hooks: Hooks, name: HookName): boolean {
  const method: unknown = hooks[name]
  return typeof method === 'function' && Reflect.get(method, emptyMark) !== true
}

/** One event, as it is fired. */
export type HookEvent = {
  [N in HookName]: { readonly hook: N; readonly data: HookData<N>; readonly meta: EventMeta }
}[HookName]

type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? '' : '_'}${Lowercase<Head>}${SnakeCase<Tail>}`
  : ''

/** The name of an event on the wire, which is Inspect's name of the hook: `on_sample_end`. */
export type WireName = SnakeCase<HookName>

/** All events, in the order of their declaration. */
export const hookNames: readonly HookName[] = Object.getOwnPropertyNames(Hooks.prototype).filter(
  (name): name is HookName => name.startsWith('on'),
)

const wireNames = new Map<HookName, WireName>(
  hookNames.map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as WireName]),
)
const hookNamesByWire = new Map<string, HookName>([...wireNames].map(([name, wire]) => [wire, name]))

/** `onSampleEnd` → `on_sample_end`. */
export function toWireName(name: HookName): WireName {
  return wireNames.get(name)!
}

/** `on_sample_end` → `onSampleEnd`; undefined for a name that is no event. */
export function fromWireName(wire: string): HookName | undefined {
  return hookNamesByWire.get(wire)
}
