import type { PlaceAt } from '../delivery/index.ts'
import { openMasker } from '../open-masker.ts'
import { linksTo, openExporters } from '../session/open-exporters.ts'
import type { CliContext } from './context.ts'
import { tell } from './tell.ts'

/** Pages for people about traces. */
export interface TraceLinks {
  /** Of a trace that went to these destinations. */
  of(trace: string, destinations: readonly PlaceAt[]): Promise<readonly string[]>
  close(): Promise<void>
}

const variable = 'EVALSPAN_TRACE_URL'

/** Links by the destinations that are on. With a template of the user's there is a link wherever a trace went. */
export async function openTraceLinks(context: CliContext): Promise<TraceLinks> {
  const report = (message: string): void => tell(context, message)
  const hasTemplate = Boolean(process.env[variable]?.trim())
  const { exporters, sinks, metricSinks } = await openExporters({
    ask: hasTemplate ? ['otlp'] : [],
    replay: true,
    output: context.stderr,
    report,
    masker: openMasker({ report }),
  })
  return {
    async of(trace, destinations) {
      const went = new Set(destinations.map(({ destination }) => destination))
      return await linksTo(
        trace,
        sinks.filter((sink) => hasTemplate || went.has(sink.destination())),
      )
    },
    async close() {
      await Promise.all([...sinks, ...metricSinks].map(async (sink) => sink.close?.()))
      await Promise.all(exporters.map(async ({ open }) => open.close?.()))
    },
  }
}
