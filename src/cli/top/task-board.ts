import { isBefore, releaseOf } from '../../inspect/old-events/release.ts'
import type { EvalLog, EvalSample, EvalSpec } from '../../inspect/records.ts'
import { isCancelled } from '../../telemetry/errors.ts'
import { plannedSamples } from '../planned-samples.ts'
import { CallLedger } from './call-ledger.ts'
import { countsByModel } from './counts.ts'
import { OpenCalls } from './open-calls.ts'
import { RecentMap } from './recent-map.ts'
import { headlineOf, RunningScores } from './running-scores.ts'
import type { SampleBoard } from './sample-board.ts'
import { shortName } from './short-name.ts'
import type { SampleSnapshot, TaskSnapshot, TaskState } from './snapshot.ts'

const mostInFlight = 10_000

/** One attempt at a task: what there is to do, what is done, what is in flight. */
export class TaskBoard {
  readonly id: string
  readonly runId: string
  readonly started: number
  readonly ledger = new CallLedger()
  readonly openCalls = new OpenCalls()
  readonly samples = new RecentMap<string, SampleBoard>(mostInFlight)
  /** Stable over the attempts at a task. */
  taskId: string | undefined
  name: string | null = null
  model: string | null = null
  attempt = 1
  ended: number | undefined
  state: TaskState = 'running'
  /** False for a release of Inspect whose hooks do not tell retries. */
  tellsRetries = true
  /** False for one that tells of no call whose task's it is: then only finished samples do. */
  #tellsCalls = true
  #planned: number | undefined
  #done = 0
  #failed = 0
  #cancelled = 0
  #limited = 0
  readonly #scores = new RunningScores()
  #metric: TaskSnapshot['metric'] = null

  constructor(id: string, runId: string, started: number) {
    this.id = id
    this.runId = runId
    this.started = started
  }

  /** Once more for one whose process was lost and is there again. */
  begin(spec: EvalSpec): void {
    if (this.state === 'lost') {
      this.state = 'running'
      this.ended = undefined
    }
    this.taskId = spec.task_id
    this.name = shortName(spec.task)
    this.model = shortName(spec.model)
    this.#planned = plannedSamples(spec)
    const release = releaseOf(spec)
    this.tellsRetries = !release || !isBefore(release, [0, 3, 241])
    this.#tellsCalls = !release || !isBefore(release, [0, 3, 189])
  }

  endSample(uuid: string, sample: EvalSample): void {
    this.openCalls.attemptEnded(uuid)
    this.samples.delete(uuid)
    this.#done += 1
    if (sample.error) {
      if (isCancelled(sample.error.message)) this.#cancelled += 1
      else this.#failed += 1
    } else if (sample.limit) this.#limited += 1
    this.ledger.addSample(countsByModel(sample.model_usage))
    this.#scores.add(sample.scores)
  }

  endAs(state: TaskState, time: number): void {
    if (this.ended !== undefined) return
    this.state = state
    this.ended = time
    this.samples.clear()
    this.openCalls.clear()
  }

  /** Told by its log, also after it was taken for ended. */
  endWith({ status, results }: EvalLog, time: number): void {
    if (status === 'started') return
    this.endAs(status, time)
    this.state = status
    this.#metric = headlineOf(results)
  }

  /** The run is over, and its logs do not tell of this task: it raised an error, or somebody stopped it. */
  endWithRun(time: number): void {
    this.endAs(this.#failed > 0 ? 'error' : this.#cancelled > 0 || this.samples.size > 0 ? 'cancelled' : 'ended', time)
  }

  sampleSnapshot(uuid: string, sample: SampleBoard, now: number): SampleSnapshot {
    const { id, epoch, attempt, started } = sample
    const activity = sample.activity(this.openCalls.of(uuid), now)
    return { uuid, taskId: this.id, task: this.name, model: this.model, id, epoch, attempt, started, activity }
  }

  snapshot(): TaskSnapshot {
    const { inputTokens, outputTokens, cost } = this.ledger.counts
    const isKnown = this.#tellsCalls || inputTokens + outputTokens > 0
    let queued = 0
    for (const sample of this.samples.values()) if (sample.isQueued) queued += 1
    return {
      id: this.id,
      runId: this.runId,
      name: this.name,
      model: this.model,
      attempt: this.attempt,
      started: this.started,
      ended: this.ended ?? null,
      state: this.state,
      samples: {
        planned: this.#planned ?? null,
        done: this.#done,
        failed: this.#failed,
        cancelled: this.#cancelled,
        limited: this.#limited,
        inFlight: this.samples.size - queued,
        queued,
      },
      scores: this.#scores.list(),
      metric: this.#metric,
      inputTokens: isKnown ? inputTokens : null,
      outputTokens: isKnown ? outputTokens : null,
      cost: Number.isNaN(cost) ? null : cost,
    }
  }
}
