import {
  Delivery,
  flushTimeoutMs,
  MemoryStore,
  type Committed,
  type DeliveryReport,
  type Item,
  type MetricSink,
  type Outcome,
  type Sink,
} from './delivery/index.ts'
import type { Exporter, ExporterContext, OpenExporter, Output } from './exporter.ts'
import { messageOf } from './errors.ts'
import { loadExporters } from './load-exporters.ts'
import { Emitter } from './hooks/emitter.ts'
import { Hooks, type EventMeta, type HookEvent, type HookName } from './hooks/hooks.ts'
import { globalRegistry, type Registry } from './hooks/registry.ts'
import { reportToStderr } from './hooks/report.ts'
import { startHooks } from './hooks/start.ts'
import { takeEvents } from './hooks/take-events.ts'
import type { EvalLog } from './inspect/records.ts'
import { fromSeconds } from './time.ts'
import { Mapping } from './telemetry/mapping.ts'
import { telemetrySettings } from './telemetry/settings.ts'

/** However little time backends are given, hooks may do a little work of their own. */
const leastPatienceMs = 1_000

export interface SessionOptions {
  /** Whose run it is. */
  readonly host: EventMeta['host']
  /** Where packages with hooks are looked for; the working folder when left out. */
  readonly cwd?: string | undefined
  /** Only events of logs will be fired: hooks that keep them waiting for too long get no more of them. */
  readonly replay?: boolean | undefined
  /** Ends the waiting for hooks, and soon after for backends. */
  readonly interrupt?: AbortSignal | undefined
  /** Exporters that are on without their variables, by name. */
  readonly ask?: readonly string[] | undefined
  /** False for a dry run: all is mapped and counted, nothing leaves. */
  readonly send?: boolean | undefined
  /** Where exporters that talk to people write; standard error when left out. */
  readonly output?: Output | undefined
  /** Takes what is worth a line to the user; standard error when left out. */
  readonly report?: ((message: string) => void) | undefined
  /** Takes the line that says which hooks are on. */
  readonly banner?: ((line: string) => void) | undefined
  readonly registry?: Registry | undefined
}

/** Everything ready for a run: fire its events with `emitter`, then `close`. */
export interface Session {
  readonly emitter: Emitter
  /** Resolves when there is room for more. A live run does not wait for it, a replay does. */
  room(): Promise<void>
  /** A task's log is final, which no hook says of tasks that raised or were cancelled. */
  taskLog(log: EvalLog): void
  /** A sample of that log was passed over, since a retry took it over from an earlier one. */
  sampleReused(log: EvalLog): void
  /** How many samples have begun and not ended in what was fired so far. */
  readonly unfinished: number
  /** How many events could not be mapped, so that what they tell is lost. Each was reported. */
  readonly unmapped: number
  /** No more events will come: what is under way is closed as incomplete. */
  seal(): void
  /** Sends what waits, within the time limit, and says what became of everything. */
  close(): Promise<DeliveryReport>
}

/**
 * Makes everything ready for a run: the built-in hooks set, which maps each event once for all exporters that are on,
 * always first; then the hooks of packages and plugins. Rejects with an `EvalspanError` for a variable with an unusable
 * value and when a required hook is missing.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { registry = globalRegistry, report = reportToStderr, replay = false, interrupt } = options
  const settings = telemetrySettings()
  const store = new MemoryStore()
  const dry = options.send === false
  const linking: Sink[] = []
  const exporters = await openExporters(options, {
    replay,
    instanceId: store.instanceId,
    output: options.output ?? plainOutput,
    report,
    links: (object) => linksTo(object, linking),
  })
  const observers = exporters.flatMap(({ open }) => open.observer ?? [])
  const sinks = exporters.flatMap(({ open }) => open.sinks ?? [])
  const metricSinks = exporters.flatMap(({ open }) => open.metricSinks ?? [])
  if (!dry) linking.push(...sinks)
  const delivery = new Delivery({
    store,
    sinks: dry ? sinks.map(withoutSending) : sinks,
    metricSinks: dry ? metricSinks.map(withoutPushing) : metricSinks,
    onCommitted: (committed: Committed) => {
      for (const observer of observers) observer.committed(committed)
    },
    report,
  })
  const mapping = new Mapping(settings)
  const committer = new Committer(delivery)
  let unmapped = 0
  const commit = (map: () => { readonly items: readonly Item[] }): void => {
    try {
      committer.add(map().items)
    } catch (error) {
      unmapped += 1
      throw new Error(`what it tells is lost, because it cannot be mapped: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
  const commitOrTell = (what: string, map: () => { readonly items: readonly Item[] }): void => {
    try {
      commit(map)
    } catch (error) {
      report(`${what}: ${messageOf(error)}`)
    }
  }
  const isNeeded = (): boolean =>
    dry || observers.length > 0 || [...sinks, ...metricSinks].some((sink) => sink.enabled())
  registry.registerFirst({
    name: 'evalspan/builtin',
    description: describe(exporters.map(({ exporter }) => exporter)),
    source: builtinHooks(isNeeded, mapping.takes, (event) => commit(() => mapping.map(event))),
  })
  for (const { exporter, open } of exporters) {
    const { hooks } = open
    if (hooks && !dry)
      registry.registerFirst({ name: `evalspan/${exporter.name}`, description: exporter.summary, source: hooks })
  }
  await startHooks({ host: options.host, cwd: options.cwd, registry, report, banner: options.banner })
  return {
    emitter: new Emitter({
      registry,
      report,
      patience: replay ? { ms: Math.max(flushTimeoutMs(), leastPatienceMs), signal: interrupt } : undefined,
    }),
    async room() {
      await committer.flush()
      await delivery.room()
    },
    taskLog: (log) => commitOrTell(`log of task ${log.eval.task}`, () => mapping.taskLog(log)),
    sampleReused: (log) => mapping.sampleReused(log),
    get unfinished() {
      return mapping.unfinished
    },
    get unmapped() {
      return unmapped
    },
    seal: () => commitOrTell('what is not finished', () => mapping.seal(fromSeconds(Date.now() / 1000))),
    async close() {
      await committer.flush()
      const result = await delivery.close(interrupt)
      for (const observer of observers) await observer.close?.(result)
      await Promise.all(exporters.map(async ({ open }) => open.close?.()))
      return result
    },
  }
}

/** Hands items over some at a time, since each commit has its price: at once when there are many, else in the next turn. */
class Committer {
  static readonly #many = 100
  readonly #delivery: Delivery
  #pending: Item[] = []
  #timer: NodeJS.Immediate | undefined
  #committed: Promise<unknown> = Promise.resolve()

  constructor(delivery: Delivery) {
    this.#delivery = delivery
  }

  add(items: readonly Item[]): void {
    for (const item of items) this.#pending.push(item)
    if (this.#pending.length >= Committer.#many) void this.flush()
    else if (this.#pending.length > 0) this.#timer ??= setImmediate(() => void this.flush())
  }

  flush(): Promise<unknown> {
    clearImmediate(this.#timer)
    this.#timer = undefined
    // Commits take effect in their order, so the last one is the one to wait for.
    if (this.#pending.length > 0) this.#committed = this.#delivery.commit(this.#pending.splice(0))
    return this.#committed
  }
}

/** One class whose methods all lead to the mapping: what happens to an event is the mapping's to know. */
function builtinHooks(
  isNeeded: () => boolean,
  names: readonly HookName[],
  take: (event: HookEvent) => void,
): typeof Hooks {
  class Builtin extends Hooks {
    static override replay = true
    override enabled(): boolean {
      return isNeeded()
    }
  }
  takeEvents(Builtin, names, take)
  return Builtin
}

interface Opened {
  readonly exporter: Exporter
  readonly open: OpenExporter
}

async function openExporters({ ask = [] }: SessionOptions, context: ExporterContext): Promise<Opened[]> {
  const exporters = (await loadExporters()).filter((exporter) => ask.includes(exporter.name) || exporter.enabled())
  return Promise.all(exporters.map(async (exporter) => ({ exporter, open: await exporter.open(context) })))
}

async function linksTo(object: string, sinks: readonly Sink[]): Promise<string[]> {
  const links = await Promise.allSettled(
    sinks.filter((sink) => sink.enabled()).map(async (sink) => sink.link?.(object, {})),
  )
  // A link that cannot be had must not cost the summary, let alone the session.
  return [...new Set(links.flatMap((link) => (link.status === 'fulfilled' ? (link.value ?? []) : [])))]
}

const plainOutput: Output = {
  write: (text) => void process.stderr.write(text),
  interactive: false,
  color: false,
  columns: 80,
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

function describe(exporters: readonly Exporter[]): string {
  const names = exporters.map(({ name }) => name)
  return names.length > 0 ? `spans, results and metrics for ${names.join(', ')}` : 'spans, results and metrics'
}
