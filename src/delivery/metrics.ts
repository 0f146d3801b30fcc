import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Check, ObjectState, Outcome } from './item.ts'

/** A backend that metrics are pushed to. What it is given is cumulative since the store began. */
export interface MetricSink {
  /** `otlp/metrics`. */
  readonly name: string
  enabled(): boolean
  destination(): string
  /** Where that is, for people: a URL without credentials and query, or a path. */
  readonly address?: string | undefined
  /** Milliseconds between two pushes while a command runs; one more comes at its end. */
  readonly intervalMs: number
  /** Milliseconds after which an attempt counts as hung; a minute when left out. */
  readonly timeoutMs?: number | undefined
  /** Outcome and state as those of a `Sink`; nobody else pushes to the destination meanwhile. */
  send(
    metrics: ResourceMetrics,
    context: { readonly signal: AbortSignal; readonly state: ObjectState },
  ): Promise<Outcome>
  /** Finds out, for `evalspan doctor`, whether the backend can be used. Never rejects. */
  check?(signal: AbortSignal): Promise<readonly Check[]>
  close?(): Promise<void>
}
