import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { Emitter } from '../src/hooks/emitter.ts'
import { Registry } from '../src/hooks/registry.ts'
import { replay } from '../src/sources/replay.ts'
import { spanHooks, type SpanHooksOptions } from '../src/span-hooks.ts'
import { itemsOf, spansOf } from './telemetry/render.ts'

const log = 'test/fixtures/inspect/react_agent.eval'

/** Fires the events of the log, as a replay or as if they happened now. */
async function play(options: SpanHooksOptions, asReplay: boolean): Promise<void> {
  const registry = new Registry()
  registry.register({ name: 'spans', description: '', source: spanHooks(options) })
  const emitter = new Emitter({ registry, report: (message) => expect.fail(message) })
  const events = replay([log], { onProblem: (error) => expect.fail(error.message) })
  for await (const { hook, data, meta } of events) await emitter.emit(hook, data, { ...meta, replay: asReplay })
}

describe('on a tracer provider of the host', () => {
  it('makes real spans, with the parents, times and status that finished spans have', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    await play({ tracerProvider: provider }, false)

    const spans = exporter.getFinishedSpans()
    const nameOf = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
    const seen = (span: ReadableSpan) => [
      span.name,
      nameOf.get(span.parentSpanContext?.spanId ?? ''),
      span.endTime,
      span.status.message,
      span.attributes['evalspan.trace_id'],
    ]
    const meant = spansOf(await itemsOf([log]))
    const names = new Map(meant.map((span) => [span.spanId, span.name]))
    expect(spans.map(seen).toSorted(byText)).toEqual(
      meant
        .map((span) => [span.name, names.get(span.parentSpanId ?? ''), span.end, span.error?.message, span.traceId])
        .toSorted(byText),
    )
  })

  it('links a sample to its task under the ids of that provider', async () => {
    const exporter = new InMemorySpanExporter()
    await play(
      { tracerProvider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }) },
      false,
    )
    const spans = exporter.getFinishedSpans()
    const task = spans.find((span) => span.name === 'eval_task react_agent')!
    const sample = spans.find((span) => span.name === 'eval_sample react_agent')!
    expect(sample.links.map((link) => link.context.spanId)).toEqual([task.spanContext().spanId])
    expect(sample.spanContext().traceId).not.toBe(task.spanContext().traceId)
  })

  it('does not show a replay, which would be a new run each time', async () => {
    const exporter = new InMemorySpanExporter()
    await play(
      { tracerProvider: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }) },
      true,
    )
    expect(exporter.getFinishedSpans()).toEqual([])
  })
})

describe('with span processors of the host', () => {
  it.each([true, false])('hands over finished spans under the computed ids (replay: %s)', async (asReplay) => {
    const exporter = new InMemorySpanExporter()
    await play({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }, asReplay)
    const spans = exporter.getFinishedSpans()
    expect(spans.map((span) => span.spanContext().spanId)).toEqual(
      spansOf(await itemsOf([log])).map((span) => span.spanId),
    )
    expect(spans[0]!.resource.attributes['telemetry.sdk.name']).toBe('opentelemetry')
  })
})

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
