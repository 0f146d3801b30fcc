import type { HookName } from '../../../src/hooks/hooks.ts'
import { isFields, type Fields } from '../../../src/inspect/fields.ts'
import { parseTime, type HrTime } from '../../../src/time.ts'
import { asLogged } from '../as-logged.ts'
import { messageContent } from '../content.ts'
import type { Finding } from '../finding.ts'
import type { Scene } from '../scene.ts'
import { isField, type Gap } from './gap.ts'

const withSummary: readonly HookName[] = ['onSampleInit', 'onSampleStart', 'onSampleAttemptStart', 'onSampleAttemptEnd']

/** Fields of hooks that are in a log, which does not hold the field. */
export const fieldGaps: readonly Gap[] = [
  {
    name: 'sample_id of on_before_model_generate',
    reason: 'It is a random id that Inspect writes nowhere else.',
    covers: (finding) =>
      isField(finding, ['onBeforeModelGenerate'], 'sample_id') &&
      typeof finding.live === 'string' &&
      finding.replayed === null,
  },
  {
    name: 'summary.started_at',
    reason:
      'It is when the attempt was scheduled, and a log has when the sandbox was ready; the nearest time in it is that of the first event.',
    covers: (finding, scene) => isField(finding, withSummary, 'summary.started_at') && isScheduledTime(finding, scene),
  },
  {
    name: 'wait_time of on_model_retry',
    reason:
      'A log has neither back-offs nor the end of a failed attempt; the wait is at most the time between the attempts.',
    covers: (finding, scene) => isField(finding, ['onModelRetry'], 'wait_time') && isPossibleWait(finding, scene),
  },
  {
    name: 'status_code of on_model_retry',
    reason: 'A log has the text of the error alone, which may have a status where the exception had none, or none.',
    covers: (finding, scene) =>
      isField(finding, ['onModelRetry'], 'status_code') &&
      (finding.live === null || finding.replayed === null) &&
      !isTold(finding, scene),
  },
  {
    name: 'id of a message in the input of a model',
    reason: 'Messages that differ in their id alone are stored once, under the id of one of them.',
    covers: (finding, scene) =>
      isField(
        finding,
        ['onBeforeModelGenerate', 'onSampleEvent', 'onSampleEnd'],
        /^(?:event\.|sample\.events\[\d+\]\.)?input\[\d+\]\.id$/,
      ) && isOtherOccurrence(finding, scene),
  },
  {
    name: 'lone surrogates',
    reason: 'They are written as the six characters of their escape, which cannot be told from such a text.',
    covers: ({ kind, live, replayed }) =>
      kind === 'field' && typeof live === 'string' && !live.isWellFormed() && asLogged(live) === replayed,
  },
  {
    name: 'NaN in the spec of on_task_start',
    reason: 'The log has it; who recorded the hooks wrote null for it.',
    covers: (finding) =>
      isField(finding, ['onTaskStart'], /^(?:spec|plan)\./) &&
      finding.live === null &&
      typeof finding.replayed === 'number' &&
      !Number.isFinite(finding.replayed),
  },
  {
    name: 'exception of on_run_end',
    reason: 'What ended a run from outside of its tasks is in no log.',
    covers: (finding) => isField(finding, ['onRunEnd'], /^exception(?:\.|$)/) && finding.replayed === null,
  },
  {
    name: 'log_dir of an eval set',
    reason: 'A log does not say where it was written, and logs are moved.',
    covers: (finding, scene) =>
      isField(finding, ['onEvalSetStart', 'onEvalSetEnd'], 'log_dir') &&
      typeof finding.live === 'string' &&
      scene.live.every(({ data }) => data['log_dir'] === undefined || data['log_dir'] === finding.live),
  },
]

/**
 * All hooks of the attempt say the same, and that it was just before the init of the attempt began, or just before its
 * first hook where the log has no init of it.
 */
function isScheduledTime({ live, replayed, fired }: Finding, scene: Scene): boolean {
  const [time, other] = [parseTime(live), parseTime(replayed)]
  const attempt = attemptOf(fired.live!.data)
  const hooks = scene
    .liveOf(fired.live!)
    .filter(({ hook, data }) => withSummary.includes(hook) && attemptOf(data) === attempt)
  if (!time || !other || (hooks.length < 2 && scene.liveOf(fired.live!).length > 3)) return false
  const agree = hooks.every(({ data }) => (data['summary'] as Fields)['started_at'] === live)
  const isLast = scene.replayedOf(fired.live!).every(({ data }) => attemptOf(data) <= attempt)
  return agree && isJustBefore(time, isLast ? other : hooks[0]!.time)
}

function attemptOf(data: Fields): number {
  return Number(data['attempt'] ?? 1)
}

function isJustBefore(time: HrTime, other: HrTime): boolean {
  const gap = secondsFrom(time, other)
  return gap >= 0 && gap < 1
}

/** It is no longer than the replay has it, and live the next call was made just when it was over. */
function isPossibleWait({ live, replayed, fired }: Finding, scene: Scene): boolean {
  const wait = Number(live)
  const over = scene.live.some(({ hook, data, time }) => {
    const isOfModel =
      hook === 'onBeforeModelGenerate' && String(data['model_name']).endsWith(String(fired.live!.data['model_name']))
    const late = secondsFrom(fired.live!.time, time) - wait
    return isOfModel && late >= -0.01 && late < 1
  })
  return over && wait >= 0 && wait < Number(replayed) + 0.01
}

function secondsFrom(from: HrTime, to: HrTime): number {
  return to[0] - from[0] + (to[1] - from[1]) / 1e9
}

/** Whether the error of some failed call of the sample gives the status away that the replay lacks. */
function isTold({ live, replayed, fired }: Finding, scene: Scene): boolean {
  const status = String(live ?? replayed)
  const told = scene
    .liveEventsOf(fired.live!)
    .some(
      ({ event, error, traceback }) => event === 'model' && `${String(error)} ${String(traceback)}`.includes(status),
    )
  return live === null ? !told : told
}

/** Both ids belong to messages with this content, and were seen at more than this one place. */
function isOtherOccurrence({ path, live, replayed, fired }: Finding, scene: Scene): boolean {
  const [message, other] = [messageAt(fired.live!.data, path), messageAt(fired.replayed!.data, path)]
  if (messageContent(message) !== messageContent(other)) return false
  const ids = scene.idsOf(messageContent(message))
  return (ids.get(String(live)) ?? 0) > 1 && (ids.get(String(replayed)) ?? 0) > 0
}

function messageAt(data: Fields, path: string): unknown {
  const steps = path.split(/[.[\]]+/).slice(0, -1)
  return steps.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : isFields(value) ? value[step] : undefined),
    data,
  )
}
