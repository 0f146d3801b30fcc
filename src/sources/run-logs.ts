import type { HookEvent } from '../hooks/hooks.ts'
import { compareTimes, earliest, latest, type HrTime } from '../time.ts'
import { fire } from './fire.ts'
import type { TaskLog } from './task-log.ts'

/** The logs of one run: a call of `eval()`, or one pass of an eval set. At least one, by the time they started. */
export class RunLogs {
  readonly #logs: TaskLog[] = []

  constructor(logs: readonly TaskLog[]) {
    for (const log of logs) this.add(log)
  }

  add(log: TaskLog): void {
    this.#logs.push(log)
    this.#logs.sort((a, b) => compareTimes(a.timeOf('started_at'), b.timeOf('started_at')))
  }

  get logs(): readonly TaskLog[] {
    return this.#logs
  }

  /** None of its logs is still being written, or left by a crash and not recovered. */
  get finished(): boolean {
    return this.#logs.every((log) => this.isFinished(log))
  }

  /** What a crash left unfinished may have been made a finished log of, beside it, by `inspect log recover`. */
  isFinished({ header }: TaskLog): boolean {
    return this.#logs.some((log) => log.finished && log.header.eval.eval_id === header.eval.eval_id)
  }

  get startTime(): HrTime {
    return this.#logs.map((log) => log.created ?? log.timeOf('started_at')).reduce((a, b) => earliest(a, b))
  }

  get endTime(): HrTime {
    return this.#logs.map((log) => log.timeOf('completed_at')).reduce((a, b) => latest(a, b))
  }

  start(): HookEvent {
    const tasks = [...latestOf(this.#logs).values()].map(({ header }) => header.eval.task)
    return fire('onRunStart', { ...this.#ids(), task_names: tasks }, this.startTime)
  }

  end(): HookEvent {
    // A task that Ctrl-C ended leaves Inspect without a log to tell of; of the others it tells the latest attempt's.
    const ended = this.#logs.filter(({ finished, header }) => finished && header.status !== 'cancelled')
    const logs = [...latestOf(ended).values()]
    return fire('onRunEnd', { ...this.#ids(), exception: null, logs: logs.map(({ endLog }) => endLog) }, this.endTime)
  }

  #ids(): { eval_set_id: string | null; run_id: string } {
    const { run_id, eval_set_id = null } = this.#logs[0]!.header.eval
    return { eval_set_id, run_id }
  }
}

/** By task: one that was retried within the run has several logs and one name. */
function latestOf(logs: readonly TaskLog[]): Map<string, TaskLog> {
  return new Map(logs.map((log) => [log.header.eval.task_id || log.header.eval.eval_id, log]))
}
