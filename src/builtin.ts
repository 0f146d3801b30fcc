import { flushTimeoutMs, type DeliveryReport } from './delivery/index.ts'
import type { Exporter, Output } from './exporter.ts'
import { messageOf } from './errors.ts'
import { Emitter } from './hooks/emitter.ts'
import { Hooks, type EventMeta, type HookEvent, type HookName } from './hooks/hooks.ts'
import { globalRegistry, type Registry } from './hooks/registry.ts'
import { reportToStderr } from './hooks/report.ts'
import { startHooks } from './hooks/start.ts'
import { takeEvents } from './hooks/take-events.ts'
import type { EvalLog } from './inspect/records.ts'
import { openMasker } from './open-masker.ts'
import { Committer } from './session/committer.ts'
import { leftLines } from './session/left-lines.ts'
import { openDelivery } from './session/open-delivery.ts'
import { atProcessEnd } from './session/process-end.ts'
import { fromSeconds } from './time.ts'
import { Mapping, type Unfinished } from './telemetry/mapping.ts'
import { draftOf, type Mapped } from './telemetry/mapped.ts'
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
  /** Of a live run: aborted when it is cancelled, and hooks that do not come back then are not waited for. */
  readonly cancelled?: AbortSignal | undefined
  /** Ends the waiting for hooks, and soon after for backends. */
  readonly interrupt?: AbortSignal | undefined
  /** Exporters that are on without their variables, by name. */
  readonly ask?: readonly string[] | undefined
  /** False for a dry run: all is mapped and counted, nothing leaves. */
  readonly send?: boolean | undefined
  /** What was delivered before is sent once more; backends that only append will show it twice. */
  readonly again?: boolean | undefined
  /**
   * Whether what waits is sent, within the time limit, when the process ends without `close`: by a signal, or because it
   * has nothing left to do. So for a live run. A host with a listener of its own for the signal decides about the process.
   */
  readonly signals?: boolean | undefined
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
  /** Takes secrets out of an event that is to be written. */
  mask<T>(data: T): T
  /** Resolves when all that was fired so far is stored: a process that is killed then has lost none of it. */
  stored(): Promise<void>
  /**
   * Resolves when there is room for more: in a replay also at its destinations, for as long as these are away; what is
   * live goes on, and what they have no room for is dropped.
   */
  room(): Promise<void>
  /** A task's log is final, which no hook says of tasks that raised or were cancelled. */
  taskLog(log: EvalLog): void
  /** A sample of that log was passed over, since a retry took it over from an earlier one. */
  sampleReused(log: EvalLog): void
  /** A run of which not all was told stays open, as drafts, for its log to complete. Gives how much that is. */
  leaveOpen(runId: string): Unfinished
  /** What a source of events noted, for the destinations that are on now. */
  notes(source: string): Promise<readonly { readonly name: string; readonly value: string }[]>
  /** Notes something once all that was fired is stored; without a value it is forgotten. */
  note(source: string, notes: readonly { readonly name: string; readonly value: string | undefined }[]): Promise<void>
  /** How many samples and tasks have begun and not ended in what was fired so far: their spans are drafts. */
  readonly unfinished: Unfinished
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
  const { registry = globalRegistry, replay = false, interrupt } = options
  const tell = options.report ?? reportToStderr
  const masker = openMasker({ cwd: options.cwd, report: tell })
  const report = (message: string): void => tell(masker.text(message))
  const mapping = new Mapping(telemetrySettings(process.env, masker))
  const { output = plainOutput, send = true, ask, again, signals = !replay } = options
  const open = await openDelivery({ ask, replay, send, again, patient: replay, output, report, masker })
  const { delivery, exporters } = open
  const committer = new Committer(delivery)
  let unmapped = 0
  const commit = (map: () => Mapped): void => {
    try {
      const { items, open: begun } = map()
      committer.add(
        items,
        begun.map((span) => draftOf(span)),
      )
    } catch (error) {
      unmapped += 1
      throw new Error(`what it tells is lost, because it cannot be mapped: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
  const commitOrTell = (what: string, map: () => Mapped): void => {
    try {
      commit(map)
    } catch (error) {
      report(`${what}: ${messageOf(error)}`)
    }
  }
  registry.registerFirst({
    name: 'evalspan/builtin',
    description: describe(exporters.map(({ exporter }) => exporter)),
    source: builtinHooks(open.isNeeded, mapping.takes, (event) => commit(() => mapping.map(event))),
  })
  for (const {
    exporter,
    open: { hooks },
  } of exporters) {
    if (hooks && send)
      registry.registerFirst({ name: `evalspan/${exporter.name}`, description: exporter.summary, source: hooks })
  }
  // A destination that is switched on later has been told nothing.
  const destinations = [...open.sinks].map((sink) => sink.destination()).toSorted()
  const noteKey = (source: string): string => [source, ...destinations].join(' ')
  let closing: Promise<DeliveryReport> | undefined
  const close = async (): Promise<DeliveryReport> => {
    await committer.flush()
    const result = await open.close(interrupt)
    for (const line of leftLines(result)) report(line)
    forget()
    return result
  }
  const forget = atProcessEnd({
    exit() {
      void committer.flush()
      delivery.store.finish()
    },
    finish: signals ? () => (closing ??= close()) : undefined,
  })
  try {
    await startHooks({ host: options.host, cwd: options.cwd, registry, report, banner: options.banner })
  } catch (error) {
    // Nobody gets a session that could be closed.
    forget()
    await open.close(AbortSignal.abort())
    throw error
  }
  return {
    emitter: new Emitter({
      registry,
      report,
      cancelled: options.cancelled,
      // What another process does is not held up by hooks here.
      patience:
        options.host === 'inspect' ? { ms: Math.max(flushTimeoutMs(), leastPatienceMs), signal: interrupt } : undefined,
    }),
    mask: (data) => masker.data(data),
    stored: async () => void (await committer.flush()),
    async room() {
      await committer.room()
      if (replay) await delivery.room()
    },
    notes: (source) => delivery.store.notes(noteKey(source)),
    async note(source, notes) {
      await committer.flush()
      await delivery.store.note(noteKey(source), notes)
    },
    taskLog: (log) => commitOrTell(`log of task ${log.eval.task}`, () => mapping.taskLog(log)),
    sampleReused: (log) => mapping.sampleReused(log),
    leaveOpen(runId) {
      const left = mapping.leaveOpen(runId)
      void committer
        .flush()
        .then(() => delivery.store.abandonDrafts(left.drafts))
        .catch((error: unknown) => report(`drafts of a run that is over: ${messageOf(error)}`))
      return left
    },
    get unfinished() {
      return mapping.unfinished
    },
    get unmapped() {
      return unmapped
    },
    seal: () => commitOrTell('what is not finished', () => mapping.seal(fromSeconds(Date.now() / 1000))),
    close: () => (closing ??= close()),
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

const plainOutput: Output = {
  write: (text) => void process.stderr.write(text),
  interactive: false,
  color: false,
  columns: 80,
}

function describe(exporters: readonly Exporter[]): string {
  const names = exporters.map(({ name }) => name)
  return names.length > 0 ? `spans, results and metrics for ${names.join(', ')}` : 'spans, results and metrics'
}
