import otlp from '../../../exporters/otlp/index.ts'
import type { MetricSink, Outcome, Sink } from '../../../src/exporter.ts'
import { spanItems } from '../../delivery/items.ts'
import { environment } from '../environment.ts'

export interface OpenSinks extends AsyncDisposable {
  readonly traces: Sink
  readonly logs: Sink
  readonly metrics: MetricSink
}

/** The sinks of OTLP as the variables have it; with no others of OTLP's variables. */
export async function openSinks(variables: Record<string, string>): Promise<OpenSinks> {
  const others = Object.keys(process.env).filter((name) => /^(?:OTEL_|EVALSPAN_)/.test(name))
  using _ = environment({ ...Object.fromEntries(others.map((name) => [name, undefined])), ...variables })
  const output = { write: () => {}, interactive: false, color: false, columns: 80 }
  const { sinks = [], metricSinks = [] } = await otlp.open({
    output,
    report: () => {},
    links: async () => [],
    mask: (value) => value,
  })
  return {
    traces: sinks.find(({ name }) => name === 'otlp/traces')!,
    logs: sinks.find(({ name }) => name === 'otlp/logs')!,
    metrics: metricSinks[0]!,
    async [Symbol.asyncDispose]() {
      await Promise.all([...sinks, ...metricSinks].map(async (sink) => sink.close?.()))
    },
  }
}

/** What becomes of three spans. */
export async function sendSpans(variables: Record<string, string>): Promise<Outcome> {
  await using sinks = await openSinks(variables)
  const { signal } = new AbortController()
  return await sinks.traces.send(spanItems(3), { signal, state: {} })
}
