import type { Exporter, ExporterContext, MetricSink, OpenExporter, Output, Sink } from '../exporter.ts'
import { loadExporters } from '../load-exporters.ts'
import type { Masker } from '../masking/masker.ts'

export interface OpenExportersOptions {
  /** Exporters that are on without their variables, by name. */
  readonly ask?: readonly string[] | undefined
  /** Events come from logs. */
  readonly replay?: boolean | undefined
  /** Links to what was sent can be had: it was sent. */
  readonly links?: boolean | undefined
  readonly output: Output
  readonly report: (message: string) => void
  readonly masker: Masker
}

/** All exporters that are on, and what they have. */
export interface OpenExporters {
  readonly exporters: readonly { readonly exporter: Exporter; readonly open: OpenExporter }[]
  readonly sinks: readonly Sink[]
  readonly metricSinks: readonly MetricSink[]
}

/** Rejects with an `EvalspanError` for a variable with an unusable value. */
export async function openExporters(options: OpenExportersOptions): Promise<OpenExporters> {
  const { ask = [], replay, links = true, output, report, masker } = options
  const linking: Sink[] = []
  const context: ExporterContext = {
    replay,
    output,
    report,
    mask: (value) => masker.data(value),
    links: (object) =>
      linksTo(
        object,
        linking.filter((sink) => sink.enabled()),
      ),
  }
  const wanted = (await loadExporters()).filter((exporter) => ask.includes(exporter.name) || exporter.enabled())
  const exporters = await Promise.all(
    wanted.map(async (exporter) => ({ exporter, open: await exporter.open(context) })),
  )
  const sinks = exporters.flatMap(({ open }) => open.sinks ?? [])
  if (links) linking.push(...sinks)
  return { exporters, sinks, metricSinks: exporters.flatMap(({ open }) => open.metricSinks ?? []) }
}

/** Pages for people about an object, of the sinks that have one. Quick, and never rejects. */
export async function linksTo(object: string, sinks: readonly Sink[]): Promise<string[]> {
  const links = await Promise.allSettled(sinks.map(async (sink) => sink.link?.(object, {})))
  // A link that cannot be had must not cost the summary, let alone the session.
  return [...new Set(links.flatMap((link) => (link.status === 'fulfilled' ? (link.value ?? []) : [])))]
}
