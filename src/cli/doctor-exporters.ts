import { messageOf } from '../errors.ts'
import type { Exporter, OpenExporter } from '../exporter.ts'
import { loadExporters } from '../load-exporters.ts'
import type { Masker } from '../masking/masker.ts'
import type { CliContext } from './context.ts'
import { maskFinding } from './doctor-masker.ts'
import type { ExporterReport, Finding, SinkReport } from './doctor-report.ts'
import { checkSink, type AnySink } from './doctor-sink.ts'
import { tell } from './tell.ts'

export interface CheckExportersOptions {
  readonly context: CliContext
  readonly masker: Masker
  readonly signal: AbortSignal
}

/** An exporter that was looked at, and the checks of its sinks under way. */
export interface ExporterChecks {
  readonly report: Omit<ExporterReport, 'sinks'>
  readonly sinks: readonly Promise<SinkReport>[]
  close(): Promise<void>
}

/** Opens all exporters that are on and begins to check their sinks, all at once. */
export async function checkExporters(options: CheckExportersOptions): Promise<ExporterChecks[]> {
  return await Promise.all((await loadExporters()).map((exporter) => checkExporter(exporter, options)))
}

async function checkExporter(
  exporter: Exporter,
  { context, masker, signal }: CheckExportersOptions,
): Promise<ExporterChecks> {
  const { name, switchedOnBy } = exporter
  const reportOf = (on: boolean, ok: Finding['ok'], detail: string): ExporterChecks['report'] => {
    return { name, on, switchedOnBy, finding: maskFinding({ what: name, ok, detail }, masker) }
  }
  const nothing = { sinks: [], close: () => Promise.resolve() }
  try {
    if (!exporter.enabled()) return { report: reportOf(false, undefined, whyOff(exporter)), ...nothing }
    const open = await exporter.open({
      output: context.stderr,
      report: (message) => tell(context, message),
      mask: (value) => masker.data(value),
      links: () => Promise.resolve([]),
    })
    const sinks = sinksOf(open)
    const names = sinks.map((sink) => sink.name).join(', ')
    return {
      report: reportOf(true, true, names === '' ? 'on' : `on: ${names}`),
      sinks: sinks.map((sink) => checkSink(sink, masker, signal)),
      close: () => closeAll(open, sinks),
    }
  } catch (error) {
    return { report: reportOf(true, false, messageOf(error)), ...nothing }
  }
}

function whyOff({ switchedOnBy }: Exporter): string {
  if (switchedOnBy.length === 0) return 'off; a command switches it on'
  const set = switchedOnBy.find((variable) => process.env[variable]?.trim())
  if (set !== undefined) return `off, although ${set} is set: another variable switches it off`
  const [last, ...rest] = switchedOnBy.toReversed()
  if (rest.length === 0) return `off; ${last} switches it on`
  return `off; any one of ${rest.toReversed().join(', ')} and ${last} switches it on`
}

function sinksOf({ sinks = [], metricSinks = [] }: OpenExporter): AnySink[] {
  return [...sinks, ...metricSinks].filter((sink) => sink.enabled())
}

async function closeAll(open: OpenExporter, sinks: readonly AnySink[]): Promise<void> {
  await Promise.allSettled([...sinks.map(async (sink) => sink.close?.()), open.close?.()])
}
