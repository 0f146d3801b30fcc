import { fullPath } from '../../files/paths.ts'
import type { TaskStart } from '../../hooks/events.ts'
import type { HookEvent } from '../../hooks/hooks.ts'
import { migrateHeader } from '../../inspect/migrate.ts'
import type { EvalLog } from '../../inspect/records.ts'

/** What came of a sample that has not ended. */
export interface LiveSample {
  /** All since its begin came. */
  whole: boolean
  /** The attempt that began last; 0 before the first, and always where Inspect has no hook for it. */
  attempt: number
}

/** An attempt at a task in a live run: what came of it, and so what its log has to tell. */
export class LiveTask {
  readonly runId: string
  readonly evalId: string
  /** Where its log is, as its process named it. */
  log: string | undefined
  /** As its log would begin. */
  readonly header: EvalLog
  /** By uuid: those that have begun and not ended. */
  readonly open = new Map<string, LiveSample>()
  /** Uuids of those whose end came, with all that there is to tell. */
  readonly ended = new Set<string>()
  /** Something of it did not come, or not all. */
  missed = false
  /** The log that came with its end. */
  end: EvalLog | undefined
  /** What was said of its log. */
  readonly problems = new Set<string>()
  /** Its log has told all that did not come. */
  completed = false

  constructor(event: Extract<HookEvent, { hook: 'onTaskStart' }>, log: string | undefined) {
    const { spec, plan, run_id, eval_id } = event.data
    this.runId = run_id
    this.evalId = eval_id
    this.log = log
    this.header = startHeader({ spec, plan }, event.meta.time)
  }

  /** What its log is known by; where it lies, if that is known. */
  get place(): string {
    return this.log === undefined ? this.evalId : fullPath(this.log)
  }

  /** Nothing is known of what happened until now, or not all. */
  miss(): void {
    this.missed = true
    for (const sample of this.open.values()) sample.whole = false
  }

  /** Whether the end that came says nothing new of samples: none that was taken over, none of which the end is missing. */
  isWhole({ results }: EvalLog): boolean {
    if (this.missed || this.open.size > 0) return false
    return results === undefined || results.total_samples === this.ended.size
  }
}

function startHeader({ spec, plan }: Pick<TaskStart, 'spec' | 'plan'>, time: string): EvalLog {
  const stats = { started_at: time }
  return migrateHeader({ version: 2, status: 'started', eval: { ...spec }, plan, stats }).header
}
