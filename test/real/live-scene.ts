import type { EvalLog } from '../../src/inspect/records.ts'
import type { ArrivedSpan } from './arrivals.ts'
import type { ArrivalDifference } from './differences.ts'

/** Attributes of totals that say what they are of. */
export const totalNames: readonly string[] = [
  'test.suite.name',
  'gen_ai.request.model',
  'gen_ai.tool.name',
  'gen_ai.agent.name',
]

type Spans = ReadonlyMap<string, ArrivedSpan>
type Named = Pick<ArrivalDifference, 'key'>

export interface LiveSceneParts {
  readonly live: readonly ArrivedSpan[]
  readonly replayed: readonly ArrivedSpan[]
  readonly headers: readonly EvalLog[]
}

/** All that was told live and by a replay, and of which logs, for those who judge a single difference. */
export class LiveScene {
  readonly #live: Spans
  readonly #replayed: Spans
  readonly #liveTraces: ReadonlyMap<string, readonly ArrivedSpan[]>
  readonly #replayedTraces: ReadonlyMap<string, readonly ArrivedSpan[]>
  /** By eval id; an eval has several where its log was copied. */
  readonly #headers: ReadonlyMap<string, readonly EvalLog[]>
  readonly #edited: ReadonlySet<string>

  constructor({ live, replayed, headers }: LiveSceneParts) {
    this.#live = new Map(live.map((span) => [span.key, span]))
    this.#replayed = new Map(replayed.map((span) => [span.key, span]))
    this.#liveTraces = Map.groupBy(live, traceOf)
    this.#replayedTraces = Map.groupBy(replayed, traceOf)
    this.#headers = Map.groupBy(headers, (header) => header.eval.eval_id)
    this.#edited = new Set(replayed.filter((span) => this.#isLater(span)).flatMap((span) => this.evalOf(span) ?? []))
  }

  /** The eval that a sample's trace, or a task's span, is of. */
  evalOf(difference: Named): string | undefined {
    const own = this.#live.get(difference.key) ?? this.#replayed.get(difference.key)
    const root = own?.name.startsWith('eval_task ') ? own : this.#rootOf(difference)
    return text(root, 'test.suite.run.id')
  }

  hasLog(evalId: string): boolean {
    return this.#headers.has(evalId)
  }

  hasLogOfRun(runId: unknown): boolean {
    return [...this.#headers.values()].flat().some(({ eval: spec }) => spec.run_id === runId)
  }

  /** The logs of the eval, or of the run whose span it is. */
  headersOf(difference: Named): readonly EvalLog[] {
    const evalId = this.evalOf(difference)
    if (evalId !== undefined) return this.#headers.get(evalId) ?? []
    const runId = text(this.#live.get(difference.key), 'eval.run.id')
    return [...this.#headers.values()].flat().filter(({ eval: spec }) => spec.run_id === runId)
  }

  isInRetriedAttempt({ key }: Named): boolean {
    const trace = key.split('/')[0]!
    for (let span = this.#live.get(key); span; span = this.#live.get(`${trace}/${parentOf(span)}`)) {
      if (span.attributes['eval.attempt.will_retry'] === true) return true
    }
    return false
  }

  wasRetried({ key }: Named): boolean {
    return Number(this.#live.get(key)?.attributes['eval.sample.attempts']) > 1
  }

  /** The run, or the set, had a task that is in no log any more. */
  lostTask(difference: Named): boolean {
    const spans = this.#liveTraces.get(traceOf(difference)) ?? []
    const tasks = spans.filter(({ name }) => name.startsWith('eval_task '))
    return tasks.some((span) => !this.hasLog(text(span, 'test.suite.run.id') ?? ''))
  }

  isLogged(difference: Named): boolean {
    return this.#replayedTraces.has(traceOf(difference))
  }

  /** The log has another run of the same sample instead; this one came to its end too. */
  wasRunAgain(difference: Named): boolean {
    return !this.#isSealed(difference) && this.#hasTwin(difference)
  }

  /** Nothing of it is in the log, though the log is finished. */
  hadNoEnd(difference: Named): boolean {
    return this.#isSealed(difference) && !this.isLogged(difference) && !this.#hasTwin(difference)
  }

  /** The span of the sample, or of the task or run, that it is in is there, live or on replay. */
  hasRoot(difference: Named): boolean {
    const trace = traceOf(difference)
    const all = [...(this.#liveTraces.get(trace) ?? []), ...(this.#replayedTraces.get(trace) ?? [])]
    return all.some(({ content }) => !('parentSpanId' in content) || parentOf({ content }) === '')
  }

  /** The log has the same run of the sample under another uuid, so under this one it has no end. */
  hasOtherUuid(difference: Named): boolean {
    return this.#isSealed(difference) && this.#hasTwin(difference)
  }

  /** What it is of came to no end live, and has one in its log. */
  wasKilled(difference: Named): boolean {
    const own = this.#replayed.get(difference.key)
    if (own?.name === 'eval_run') return true
    const evalId = this.evalOf(difference)
    const tasks = [...this.#live.values()].filter(({ name }) => name.startsWith('eval_task '))
    return evalId !== undefined && tasks.every((span) => text(span, 'test.suite.run.id') !== evalId)
  }

  wasEdited(difference: Named): boolean {
    return this.#edited.has(this.evalOf(difference) ?? '')
  }

  /** What the totals are of that a difference changes. */
  totalsOf(difference: Named): string[] {
    const own = this.#live.get(difference.key) ?? this.#replayed.get(difference.key)
    const spans = [own, this.#rootOf(difference)]
    const names = spans.flatMap((span) => totalNames.flatMap((name) => text(span, name) ?? []))
    return [...names, ...this.headersOf(difference).flatMap(totalsOfLog)]
  }

  /** The same of all that was killed: of what had not ended, no span was sent. */
  unfinishedTotals(): string[] {
    return [...this.#headers.values()]
      .flat()
      .filter(({ status }) => status === 'started')
      .flatMap(totalsOfLog)
  }

  #rootOf(of: Named): ArrivedSpan | undefined {
    const trace = traceOf(of)
    const isRoot = ({ name }: ArrivedSpan): boolean => name.startsWith('eval_sample ')
    return this.#liveTraces.get(trace)?.find(isRoot) ?? this.#replayedTraces.get(trace)?.find(isRoot)
  }

  #hasTwin(difference: Named): boolean {
    const own = this.#rootOf(difference)
    if (!own || this.isLogged(difference)) return false
    const keyOf = (span: ArrivedSpan): string =>
      ['test.suite.run.id', 'test.case.id', 'eval.epoch'].map((name) => String(span.attributes[name])).join(' ')
    return [...this.#replayed.values()].some(
      (span) => span.name === own.name && span.key !== own.key && keyOf(span) === keyOf(own),
    )
  }

  #isSealed(difference: Named): boolean {
    return this.#rootOf(difference)?.attributes['eval.incomplete'] === true
  }

  /** Its sample was over, live, when it began. */
  #isLater(span: ArrivedSpan): boolean {
    const root = this.#liveTraces.get(traceOf(span))?.find(({ name }) => name.startsWith('eval_sample '))
    return root !== undefined && !this.#live.has(span.key) && span.end > root.end
  }
}

function totalsOfLog({ eval: { task, model } }: EvalLog): string[] {
  return [task, model.replace(/^.*?\//, '')]
}

function traceOf({ key }: Named): string {
  return key.split('/')[0]!
}

function parentOf({ content }: Pick<ArrivedSpan, 'content'>): string {
  return String((content as { readonly parentSpanId?: unknown }).parentSpanId)
}

function text(span: ArrivedSpan | undefined, name: string): string | undefined {
  const value = span?.attributes[name]
  return typeof value === 'string' ? value : undefined
}
