import {
  Delivery,
  outboxMaxAgeMs,
  outboxMaxBytes,
  outboxPlaces,
  type Committed,
  type DeliveryReport,
  type MetricSink,
  type Outcome,
  type Sink,
} from '../delivery/index.ts'
import type { Exporter, ExporterContext, OpenExporter, Output } from '../exporter.ts'
import { loadExporters } from '../load-exporters.ts'
import type { Masker } from '../masking/masker.ts'
import { openMasker } from '../open-masker.ts'

export interface OpenDeliveryOptions {
  /** Exporters that are on without their variables, by name. */
  readonly ask?: readonly string[] | undefined
  /** Events come from logs. */
  readonly replay?: boolean | undefined
  /** False for a dry run: all is mapped and counted, nothing leaves. */
  readonly send?: boolean | undefined
  /** Its work is to send, and it goes on as long as something moves. */
  readonly patient?: boolean | undefined
  /** What was delivered before is sent once more. */
  readonly again?: boolean | undefined
  readonly output: Output
  readonly report: (message: string) => void
  /** Takes secrets out; that of the environment when left out. */
  readonly masker?: Masker | undefined
}

export interface OpenDelivery {
  readonly delivery: Delivery
  readonly exporters: readonly { readonly exporter: Exporter; readonly open: OpenExporter }[]
  readonly sinks: readonly Sink[]
  readonly metricSinks: readonly MetricSink[]
  /** Some exporter has a use for what is committed. */
  isNeeded(): boolean
  close(interrupt?: AbortSignal): Promise<DeliveryReport>
}

/** All exporters that are on, and the outbox before them. Rejects with an `EvalspanError` for an unusable variable. */
export async function openDelivery(options: OpenDeliveryOptions): Promise<OpenDelivery> {
  const { ask = [], replay, send = true, patient = false, again, output, report } = options
  const masker = options.masker ?? openMasker({ report })
  const limits = { maxBytes: outboxMaxBytes(), maxAgeMs: outboxMaxAgeMs() }
  const linking: Sink[] = []
  const context: ExporterContext = {
    replay,
    output,
    report,
    mask: (value) => masker.data(value),
    links: (object) => linksTo(object, linking),
  }
  const wanted = (await loadExporters()).filter((exporter) => ask.includes(exporter.name) || exporter.enabled())
  const exporters = await Promise.all(
    wanted.map(async (exporter) => ({ exporter, open: await exporter.open(context) })),
  )
  const sinks = exporters.flatMap(({ open }) => open.sinks ?? [])
  const metricSinks = exporters.flatMap(({ open }) => open.metricSinks ?? [])
  const observers = exporters.flatMap(({ open }) => open.observer ?? [])
  if (send) linking.push(...sinks)
  // Where nothing is to be delivered nothing has to survive.
  const isKept = send && sinks.length + metricSinks.length > 0
  const { paths, problems } = isKept ? await outboxPlaces() : { paths: [], problems: [] }
  const delivery = new Delivery({
    sinks: send ? sinks : sinks.map(withoutSending),
    metricSinks: send ? metricSinks : metricSinks.map(withoutPushing),
    onCommitted: (committed: Committed) => {
      for (const observer of observers) observer.committed(committed)
    },
    paths,
    problems,
    ...(paths.length > 0 ? limits : {}),
    patience: patient ? 'progress' : 'strict',
    again,
    report,
  })
  return {
    delivery,
    exporters,
    sinks,
    metricSinks,
    isNeeded: () => !send || observers.length > 0 || [...sinks, ...metricSinks].some((sink) => sink.enabled()),
    async close(interrupt) {
      const result = await delivery.close(interrupt)
      for (const observer of observers) await observer.close?.(result)
      await Promise.all(exporters.map(async ({ open }) => open.close?.()))
      for (const line of leftLines(result)) report(line)
      return result
    },
  }
}

/** What is left, and how to send it. */
function leftLines({ place, destinations }: DeliveryReport): string[] {
  if (place === undefined) return []
  return destinations.flatMap(({ sink, address, waiting, lastError, rejected }) => {
    const where = address === undefined ? sink : `${sink} (${address})`
    const cause = lastError === undefined ? '' : `: ${lastError.reason}`
    return [
      ...(waiting > 0 ? [`${counted(waiting)} for ${where} in ${place}${cause}; \`evalspan flush\` sends them`] : []),
      ...(rejected > 0
        ? [`${where} refused some items; \`evalspan status\` says why, \`evalspan retry\` sends them once more`]
        : []),
    ]
  })
}

function counted(waiting: number): string {
  return waiting === 1 ? '1 item waits' : `${waiting} items wait`
}

async function linksTo(object: string, sinks: readonly Sink[]): Promise<string[]> {
  const links = await Promise.allSettled(
    sinks.filter((sink) => sink.enabled()).map(async (sink) => sink.link?.(object, {})),
  )
  // A link that cannot be had must not cost the summary, let alone the session.
  return [...new Set(links.flatMap((link) => (link.status === 'fulfilled' ? (link.value ?? []) : [])))]
}

/** The same sinks as far as anyone can see, but nothing leaves. */
function withoutSending(sink: Sink): Sink {
  const { name, address, takes, release, limits } = sink
  return { name, address, takes, release, limits, ...muted(sink) }
}

function withoutPushing(sink: MetricSink): MetricSink {
  const { name, address, intervalMs } = sink
  return { name, address, intervalMs, ...muted(sink) }
}

function muted(
  sink: Sink | MetricSink,
): Pick<MetricSink, 'enabled' | 'destination'> & { send: () => Promise<Outcome> } {
  return {
    enabled: () => sink.enabled(),
    destination: () => sink.destination(),
    send: () => Promise.resolve({ status: 'delivered' }),
  }
}
