import type { HookData } from '../../hooks/hooks.ts'
import type { EvalLog } from '../../inspect/records.ts'
import { add, excess, noCounts, tokensOf, type Counts } from './counts.ts'
import { RecentMap } from './recent-map.ts'
import { noTrouble, RunBoard, type Trouble } from './run-board.ts'
import { shortName } from './short-name.ts'
import { TaskBoard } from './task-board.ts'

interface Ids {
  readonly run_id?: string | null | undefined
  readonly eval_id?: string | null | undefined
}

/** How long what is over is shown. */
const keptMs = 10 * 60_000
/** A run of a process that was killed has no end. Nothing that lives is silent for so long. */
const silentMs = 6 * 3_600_000
const mostEndedTasks = 200
const mostRuns = 500
const forgetEveryMs = 1000

/** The runs and tasks that are on a board, and the calls that belong to none. */
export class Runs {
  readonly #runs = new Map<string, RunBoard>()
  readonly #tasks = new Map<string, TaskBoard>()
  /** Ids of tasks and runs: what still comes of them is not shown again. */
  readonly #forgotten = new RecentMap<string, true>(5000)
  readonly #onForget: (runId: string) => void
  #loose = noCounts
  #looseTrouble = noTrouble()
  #looseHeard = 0
  #looked = 0

  constructor(onForget: (runId: string) => void) {
    this.#onForget = onForget
  }

  /** Begun first before the others. */
  runs(): RunBoard[] {
    return [...this.#runs.values()]
  }

  tasks(): TaskBoard[] {
    return [...this.#tasks.values()]
  }

  /** The run of an event, which may be the first that is heard of it; none outside of runs. */
  run({ run_id: id }: Ids, time: number): RunBoard | undefined {
    if (typeof id !== 'string' || this.#forgotten.has(id)) return undefined
    const run = this.#runs.get(id) ?? new RunBoard(id, time)
    this.#runs.set(id, run)
    run.heard = Math.max(run.heard, time)
    return run
  }

  /** The same for a task. */
  task(ids: Ids, time: number): TaskBoard | undefined {
    const { eval_id: id, run_id: runId } = ids
    if (typeof id !== 'string' || typeof runId !== 'string' || this.#forgotten.has(id)) return undefined
    if (!this.run(ids, time)) return undefined
    const task = this.#tasks.get(id) ?? new TaskBoard(id, runId, time)
    this.#tasks.set(id, task)
    return task
  }

  begin(data: HookData<'onRunStart'>, time: number): void {
    const run = this.run(data, time)
    if (!run) return
    // It was there after all, and says again what is under way.
    if (run.isLost) run.ended = undefined
    run.isLost = false
    run.evalSetId = shortName(data.eval_set_id)
    run.plannedTasks = data.task_names.length
  }

  end(run: RunBoard, { exception, logs }: HookData<'onRunEnd'>, time: number): void {
    if (run.isLost) run.ended = time
    run.isLost = false
    run.ended ??= time
    if (exception) run.error = shortName(exception.type) ?? 'unknown'
    for (const log of logs) this.endTask(log, time)
    for (const task of this.#tasks.values()) if (task.runId === run.id) task.endWithRun(time)
  }

  endTask(log: EvalLog, time: number): void {
    this.#tasks.get(log.eval.eval_id)?.endWith(log, time)
  }

  lose(id: string, time: number): void {
    const run = this.#runs.get(id)
    if (!run || run.ended !== undefined) return
    run.ended = time
    run.isLost = true
    for (const task of this.#tasks.values()) if (task.runId === id) task.endAs('lost', time)
  }

  beginTask(data: HookData<'onTaskStart'>, time: number): void {
    const task = this.task(data, time)
    if (!task) return
    task.begin(data.spec)
    for (const before of this.#tasks.values()) {
      if (before === task || before.taskId !== task.taskId || before.started > task.started) continue
      task.attempt = Math.max(task.attempt, before.attempt + 1)
      before.endAs('error', time)
    }
  }

  addLoose(counts: Counts, time: number): void {
    this.#loose = add(this.#loose, counts)
    this.#looseHeard = time
  }

  troubleOf(run: RunBoard | undefined, time: number): Trouble {
    if (run) return run.trouble
    this.#looseHeard = time
    return this.#looseTrouble
  }

  /** What no task was named for may be what tasks show without having been told. */
  counts(): Counts {
    let sum = noCounts
    let untold = noCounts
    for (const { ledger } of this.#tasks.values()) {
      sum = add(sum, ledger.counts)
      untold = add(untold, ledger.untold)
    }
    for (const { past } of this.#runs.values()) sum = add(sum, past)
    return add(sum, excess(this.#loose, untold))
  }

  /** The tokens of these counts, for who asks with every event. */
  tokens(): number {
    let sum = 0
    let untold = 0
    for (const { ledger } of this.#tasks.values()) {
      sum += tokensOf(ledger.counts)
      untold += tokensOf(ledger.untold)
    }
    for (const { past } of this.#runs.values()) sum += tokensOf(past)
    return sum + Math.max(0, tokensOf(this.#loose) - untold)
  }

  totals(): { readonly counts: Counts; readonly trouble: Trouble; readonly tellsRetries: boolean } {
    const trouble = noTrouble()
    for (const each of [this.#looseTrouble, ...this.runs().map((run) => run.trouble)]) {
      trouble.retries += each.retries
      trouble.rateLimited += each.rateLimited
      trouble.waited += each.waited
      trouble.errors += each.errors
    }
    const tasks = this.tasks()
    const tellsRetries = trouble.retries > 0 || tasks.length === 0 || tasks.some((task) => task.tellsRetries)
    return { counts: this.counts(), trouble, tellsRetries }
  }

  /** Lets go of what is long over, and of what is too much. */
  forget(now: number): void {
    if (now < this.#looked + forgetEveryMs) return
    this.#looked = now
    const isOver = (run: RunBoard): boolean =>
      run.ended === undefined ? now - run.heard > silentMs : now - run.ended > keptMs
    const tooMany = this.runs().slice(0, Math.max(0, this.#runs.size - mostRuns))
    for (const run of new Set([...this.runs().filter(isOver), ...tooMany])) this.#forgetRun(run)
    const ended = this.tasks().filter((task) => task.ended !== undefined)
    for (const task of ended.slice(0, Math.max(0, ended.length - mostEndedTasks))) this.#forgetTask(task)
    if (this.#runs.size > 0 || now - this.#looseHeard < keptMs) return
    this.#loose = noCounts
    this.#looseTrouble = noTrouble()
  }

  #forgetRun(run: RunBoard): void {
    for (const task of this.tasks()) if (task.runId === run.id) this.#forgetTask(task)
    this.#runs.delete(run.id)
    this.#forgotten.set(run.id, true)
    this.#onForget(run.id)
  }

  #forgetTask(task: TaskBoard): void {
    this.#tasks.delete(task.id)
    this.#forgotten.set(task.id, true)
    this.#loose = excess(this.#loose, task.ledger.untold)
    const run = this.#runs.get(task.runId)
    if (run) run.past = add(run.past, task.ledger.counts)
  }
}
