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
import type { Output } from '../exporter.ts'
import type { Masker } from '../masking/masker.ts'
import { openMasker } from '../open-masker.ts'
import { openExporters, type OpenExporters } from './open-exporters.ts'

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

export interface OpenDelivery extends OpenExporters {
  readonly delivery: Delivery
  /** Some exporter has a use for what is committed. */
  readonly isNeeded: () => boolean
  close(interrupt?: AbortSignal): Promise<DeliveryReport>
}

/** All exporters that are on, and the outbox before them. Rejects with an `EvalspanError` for an unusable variable. */
export async function openDelivery(options: OpenDeliveryOptions): Promise<OpenDelivery> {
  const { ask = [], replay, send = true, patient = false, again, output, report } = options
  const masker = options.masker ?? openMasker({ report })
  const maxBytes = outboxMaxBytes()
  const maxAgeMs = outboxMaxAgeMs()
  const opened = await openExporters({ ask, replay, links: send, output, report, masker })
  const { exporters, sinks, metricSinks } = opened
  const observers = exporters.flatMap(({ open }) => open.observer ?? [])
  const isUsed = sinks.length + metricSinks.length > 0
  // Where nothing is to be delivered nothing has to survive.
  const isKept = send && isUsed
  const { paths, problems } = isKept ? await outboxPlaces() : { paths: [], problems: [] }
  const delivery = new Delivery({
    sinks: send ? sinks : sinks.map(withoutSending),
    metricSinks: send ? metricSinks : metricSinks.map(withoutPushing),
    onCommitted: (committed: Committed) => {
      for (const observer of observers) observer.committed(committed)
    },
    paths,
    problems,
    threaded: isUsed,
    // Memory takes less than a disk, unless the user says how much.
    maxBytes: paths.length > 0 || process.env['EVALSPAN_OUTBOX_MAX_BYTES'] ? maxBytes : undefined,
    maxAgeMs,
    patience: patient ? 'progress' : 'strict',
    again,
    mask: (text) => masker.text(text),
    report,
  })
  return {
    ...opened,
    delivery,
    isNeeded: () => !send || observers.length > 0 || [...sinks, ...metricSinks].some((sink) => sink.enabled()),
    async close(interrupt) {
      const result = await delivery.close(interrupt)
      for (const observer of observers) await observer.close?.(result)
      await Promise.all(exporters.map(async ({ open }) => open.close?.()))
      return result
    },
  }
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
