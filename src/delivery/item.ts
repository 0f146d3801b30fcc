/**
 * What mapping hands to delivery, and what delivery asks of a sink. An item is plain JSON data, so that it can be
 * stored, and is encoded for a backend only when it leaves.
 */
import type { HrTime } from '../time.ts'

export type { HrTime }

export type AttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[]

export type Attributes = { readonly [name: string]: AttributeValue }

export type SpanKind = 'internal' | 'client'

/** A finished span. */
export interface SpanBody {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string | undefined
  readonly name: string
  readonly kind: SpanKind
  readonly start: HrTime
  readonly end: HrTime
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly time: HrTime; readonly attributes: Attributes }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[]
  /** Left out on success. */
  readonly error?: { readonly message: string } | undefined
}

/** An event record of OpenTelemetry's logs, in the context of a span. */
export interface LogBody {
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
  readonly time: HrTime
  readonly severity: 'info' | 'warn'
  readonly attributes: Attributes
}

/** The content of an item, by kind. A `mark` goes to no sink: it carries measurements alone. */
export interface ItemBodies {
  readonly span: SpanBody
  readonly log: LogBody
  readonly mark: null
}

export type ItemKind = keyof ItemBodies

/** An instrument of OpenTelemetry's metrics. */
export interface Instrument {
  readonly name: string
  readonly type: 'counter' | 'updowncounter' | 'gauge' | 'histogram'
  /** UCUM: `s`, `{token}`, `1`. */
  readonly unit: string
  readonly description: string
  /** Upper bounds of a histogram's buckets. */
  readonly boundaries?: readonly number[] | undefined
}

/** What a fresh item adds to a metric. The value is finite, and not negative for counters and histograms. */
export interface Measurement {
  readonly instrument: Instrument
  readonly value: number
  readonly attributes: Attributes
  readonly time: HrTime
}

/** What people call the object that an item belongs to: a sample of a task. */
export interface Subject {
  readonly task: string
  readonly sample: string
  readonly epoch: number
  readonly uuid: string
}

interface ItemOf<K extends ItemKind> {
  /** What it belongs to: a trace id, later an experiment run. The unit of order. */
  readonly object: string
  /** Unique in its object: the span id of a span. */
  readonly id: string
  readonly kind: K
  readonly time: Date
  /** Of the body: the same content has the same digest. 16 hexadecimal digits, none for a mark. */
  readonly digest: string
  /** Characters of `json`. */
  readonly size: number
  /** `once`: sent as first seen; `latest`: sent again when its content changed. */
  readonly rule: 'once' | 'latest'
  readonly body: ItemBodies[K]
  /** The body as JSON text, which is what is stored. */
  readonly json: string
  /** Given with the item that stands for the whole object: the root span of a sample. */
  readonly subject?: Subject | undefined
  /** Folded into the metrics when the item is seen for the first time. */
  readonly measurements?: readonly Measurement[] | undefined
}

export type Item<K extends ItemKind = ItemKind> = { [P in K]: ItemOf<P> }[K]

/** A span that has begun. It is kept until the item with its object and id comes. */
export interface Draft {
  readonly object: string
  readonly id: string
  readonly time: Date
  /** What is known of it, as JSON text. */
  readonly json: string
  readonly subject?: Subject | undefined
}

/** What became of the items of a commit: never seen, seen with the same content, seen with other content. */
export interface Committed {
  readonly fresh: readonly Item[]
  readonly known: readonly Item[]
  readonly superseded: readonly Item[]
}

/**
 * What a backend said of a batch.
 * - `delivered`: taken, but for `rejected` of them where the server only gives a count. A sink with release `object` may
 *   give `state`, which is merged into that of the object together with the acknowledgement.
 * - `retry`: not taken now; `afterMs` is the wait the server asked for.
 * - `blocked`: refused whoever sends (credentials, a project that is not there): the items wait until someone mends it.
 * - `rejected`: refused for good.
 * - `too-large`: send it in smaller batches.
 * - `unsupported`: the backend takes nothing of this kind and was never asked to in particular. The destination is
 *   switched off for the process with one line, the reason; what was filed for it counts as never produced.
 */
export type Outcome =
  | {
      readonly status: 'delivered'
      readonly rejected?: number | undefined
      readonly reason?: string | undefined
      readonly state?: ObjectState | undefined
    }
  | { readonly status: 'retry'; readonly reason: string; readonly afterMs?: number | undefined }
  | { readonly status: 'blocked'; readonly reason: string }
  | { readonly status: 'rejected'; readonly reason: string }
  | { readonly status: 'too-large'; readonly reason: string }
  | { readonly status: 'unsupported'; readonly reason: string }

/** State that a sink keeps for an object between batches, as JSON; stored together with the acknowledgements. */
export type ObjectState = { readonly [key: string]: unknown }

export interface BatchLimits {
  readonly items: number
  /** Of the items' sizes. A batch has one item at least, however large. */
  readonly bytes: number
}

/** Where items go: one signal of one backend. */
export interface Sink<K extends ItemKind = ItemKind> {
  /** `otlp/traces`, `mlflow/runs`. */
  readonly name: string
  /** Its variables are set. Asked before each use. */
  enabled(): boolean
  /** Sink and hash of where it goes (URL, project, experiment); never a secret. */
  destination(): string
  /** Where that is, for people: a URL without credentials and query, or a path. */
  readonly address?: string | undefined
  readonly takes: readonly K[]
  /** `item`: batches across objects, stateless; `object`: one object at a time, with its state. */
  readonly release: 'item' | 'object'
  /** Of one batch. */
  readonly limits: BatchLimits
  /** How many batches, of different objects, may be on their way at once; one when left out. */
  readonly concurrency?: number | undefined
  /** Milliseconds after which an attempt counts as hung; a minute when left out. */
  readonly timeoutMs?: number | undefined
  /** Never rejects for what a server says or does not say: that is an outcome. The signal ends the attempt. */
  send(
    batch: readonly Item<K>[],
    context: { readonly signal: AbortSignal; readonly state: ObjectState },
  ): Promise<Outcome>
  /** A page for people about an object, where the backend is known to have one. Quick, and never rejects. */
  link?(object: string, state: ObjectState): Promise<string | undefined>
  /** Finds out, for `evalspan doctor`, whether the backend can be used. Never rejects. */
  check?(signal: AbortSignal): Promise<readonly Check[]>
  close?(): Promise<void>
}

/** One thing that was looked at, in the order in which one depends on the other. */
export interface Check {
  readonly what:
    | 'variables'
    | 'name'
    | 'reached'
    | 'authorised'
    | 'version'
    | 'clock'
    | 'test span'
    | 'test record'
    | 'test metric'
    | 'read back'
  /** Undefined: it could not be asked, which is no fault. */
  readonly ok: boolean | undefined
  /** What was found. */
  readonly detail: string
  /** What to do about a fault. */
  readonly advice?: string | undefined
}
