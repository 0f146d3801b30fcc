/**
 * All that an exporter needs. An exporter is a file or a folder in `exporters/` whose default export is an `Exporter`;
 * the folder is the registry, so adding one touches no list.
 */
import type { Hooks } from './hooks/hooks.ts'
import type { Committed, DeliveryReport, MetricSink, Sink } from './delivery/index.ts'

export { Hooks, hookNames } from './hooks/hooks.ts'
export type * from './hooks/hooks.ts'
export { EvalspanError, messageOf } from './errors.ts'
export type * from './delivery/index.ts'
export * from './delivery/toolbox.ts'
export { takeEvents } from './hooks/take-events.ts'
export { toRecord } from './hooks/wire.ts'
export { stringify } from './inspect/json.ts'
export { plainText } from './plain-text.ts'

/** Where an exporter that talks to people writes. */
export interface Output {
  write(text: string): void
  /** A terminal that can be redrawn. */
  readonly interactive: boolean
  readonly color: boolean
  readonly columns: number
  /** Of a terminal. */
  readonly rows?: number | undefined
  /** Set by whoever redraws lines: takes them away. To be called before others write to the same terminal. */
  clear?: (() => void) | undefined
}

export interface ExporterContext {
  /** Events come from logs: hooks of an exporter's own get none of them. */
  readonly replay?: boolean | undefined
  readonly output: Output
  /** Tells the user something worth a line, once. */
  readonly report: (message: string) => void
  /** Takes secrets out of a text, or out of all texts in JSON data: for what is written or sent and is no item. */
  readonly mask: <T>(value: T) => T
  /** Pages for people about an object that was sent, of all backends that have one. Quick, and never rejects. */
  readonly links: (object: string) => Promise<readonly string[]>
}

/** Sees what is committed; delivers nothing. */
export interface Observer {
  committed(committed: Committed): void
  /** All is sent, or given up. */
  close?(report: DeliveryReport): void | Promise<void>
}

/** An exporter at work. Any part may be left out. */
export interface OpenExporter {
  readonly sinks?: readonly Sink[] | undefined
  readonly metricSinks?: readonly MetricSink[] | undefined
  /** Hooks of its own, called with the events of live runs; registered as `evalspan/NAME`. */
  readonly hooks?: typeof Hooks | undefined
  readonly observer?: Observer | undefined
  close?(): Promise<void>
}

export interface Exporter {
  /** The name of its file or folder. */
  readonly name: string
  /** One line for `evalspan hooks`. */
  readonly summary: string
  /** What switches it on, for `evalspan hooks`: names of variables, any one of which suffices. */
  readonly switchedOnBy: readonly string[]
  /** Its variables are set. Cheap; asked before each use. */
  enabled(): boolean
  /** Called once, when it is enabled or a command asks for it. Heavy libraries are imported here, not at the top. */
  open(context: ExporterContext): OpenExporter | Promise<OpenExporter>
}
