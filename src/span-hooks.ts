import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type SpanContext,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { defaultResource, type Resource } from '@opentelemetry/resources'
import type { Attributes, Item, SpanBody } from './delivery/item.ts'
import { spanLimits } from './delivery/limits.ts'
import { toReadableSpan } from './delivery/readable-span.ts'
import { Hooks } from './hooks/hooks.ts'
import { reportToStderr } from './hooks/report.ts'
import { takeEvents } from './hooks/take-events.ts'
import { openMasker } from './open-masker.ts'
import { Mapping } from './telemetry/mapping.ts'
import type { OpenSpan, Mapped } from './telemetry/mapped.ts'
import { attribute } from './telemetry/semconv.ts'
import { telemetrySettings } from './telemetry/settings.ts'

export type SpanHooksOptions =
  | {
      /**
       * A provider of the host's own: spans are started and ended on it while the run goes on, under its ids. Not on
       * replay, which would be another run each time.
       */
      readonly tracerProvider: TracerProvider
    }
  | {
      /** Get finished spans under the computed ids, of live runs and of replays. They belong to the host, which flushes them. */
      readonly spanProcessors: readonly SpanProcessor[]
      /** OpenTelemetry's default resource when left out. */
      readonly resource?: Resource | undefined
    }

/**
 * Hooks that hand spans to a host application's own OpenTelemetry set-up, whose pipeline then answers for delivery:
 * `hooks('spans', 'Spans for our own pipeline')(spanHooks({ tracerProvider }))`. Content, names and trace shape follow the
 * environment as everywhere, and secrets are masked. Throws an `EvalspanError` for a variable with an unusable value.
 */
export function spanHooks(options: SpanHooksOptions): typeof Hooks {
  const target =
    'tracerProvider' in options
      ? liveTarget(options.tracerProvider)
      : processorTarget(options.spanProcessors, options.resource)
  const mapping = new Mapping(telemetrySettings(process.env, openMasker({ report: reportToStderr })))
  class SpanHooks extends Hooks {
    // A tracer provider makes up ids, so a replay on it would show every run anew.
    static override replay = !('tracerProvider' in options)
  }
  takeEvents(SpanHooks, mapping.takes, (event) => target(mapping.map(event)))
  return SpanHooks
}

type Target = (output: Mapped) => void

function processorTarget(processors: readonly SpanProcessor[], resource: Resource = defaultResource()): Target {
  const limits = spanLimits()
  return ({ items }) => {
    for (const item of items) {
      if (item.kind !== 'span') continue
      const span = toReadableSpan(item.body, resource, limits)
      for (const processor of processors) processor.onEnd(span)
    }
  }
}

function liveTarget(provider: TracerProvider): Target {
  const live = new LiveSpans(provider.getTracer('evalspan'))
  return ({ items, open }) => {
    for (const span of open) live.start(span)
    for (const item of items) if (isSpan(item)) live.end(item.body, item.subject !== undefined)
  }
}

function isSpan(item: Item): item is Item<'span'> {
  return item.kind === 'span'
}

interface LiveSpan {
  readonly span: Span
  readonly context: SpanContext
}

/** Real spans for ours, and the contexts of those that have ended, for children that come late. */
class LiveSpans {
  readonly #tracer: Tracer
  /** By our trace id, then by our span id. */
  readonly #traces = new Map<string, Map<string, LiveSpan>>()

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  start(
    { traceId, spanId, parentSpanId, name, kind, start, attributes }: OpenSpan,
    links: SpanBody['links'] = [],
  ): Span {
    const siblings = this.#traces.get(traceId) ?? new Map<string, LiveSpan>()
    this.#traces.set(traceId, siblings)
    const parent = parentSpanId === undefined ? undefined : siblings.get(parentSpanId)
    const span = this.#tracer.startSpan(
      name,
      {
        startTime: [...start],
        kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        attributes: mutable({ ...attributes, [attribute.traceId]: traceId, [attribute.ownSpanId]: spanId }),
        links: this.#links(links),
      },
      parent ? trace.setSpanContext(ROOT_CONTEXT, parent.context) : ROOT_CONTEXT,
    )
    siblings.set(spanId, { span, context: span.spanContext() })
    return span
  }

  end(body: SpanBody, isSample: boolean): void {
    const open = this.#traces.get(body.traceId)?.get(body.spanId)
    const span = open?.span ?? this.start(body, body.links)
    if (open) span.addLinks(this.#links(body.links))
    span.setAttributes(mutable(body.attributes))
    for (const { name, attributes, time } of body.events) span.addEvent(name, mutable(attributes), [...time])
    if (body.error) span.setStatus({ code: SpanStatusCode.ERROR, message: body.error.message })
    span.end([...body.end])
    // A sample's root and a run's span are the last of their traces.
    if (body.name === 'eval_run' || (isSample && body.parentSpanId === undefined)) {
      this.#traces.delete(body.traceId)
    }
  }

  #links(links: SpanBody['links']): { context: SpanContext; attributes: ReturnType<typeof mutable> }[] {
    return links.flatMap(({ traceId, spanId, attributes }) => {
      const target = this.#traces.get(traceId)?.get(spanId)
      return target ? [{ context: target.context, attributes: mutable(attributes) }] : []
    })
  }
}

/** OpenTelemetry's types ask for arrays that may be changed. */
function mutable(attributes: Attributes): {
  [name: string]: string | number | boolean | string[] | number[] | boolean[]
} {
  return attributes as { [name: string]: string | number | boolean | string[] | number[] | boolean[] }
}
