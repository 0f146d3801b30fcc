import { isFields, type Fields } from '../../../src/inspect/fields.ts'
import { compareTimes, parseTime, type HrTime } from '../../../src/time.ts'
import type { Finding } from '../finding.ts'
import type { Fired } from '../fired.ts'
import { eventsOf, type Scene } from '../scene.ts'
import { isField, withSummary, type Gap } from './gap.ts'

/** For so many seconds a busy machine may keep waiting what is next. */
const mostDelay = 10

/** Times that are worked out from others, and what a failed call tells of itself. */
export const timeGaps: readonly Gap[] = [
  {
    name: '`started_at` of a `summary`',
    reason:
      'It is when the attempt was scheduled. A log has when its init began, a moment later; of retried attempts not even that.',
    covers: (finding, scene) => isField(finding, withSummary, 'summary.started_at') && isScheduledTime(finding, scene),
  },
  {
    name: '`wait_time` of `on_model_retry`',
    reason:
      'A log has neither back-offs nor the end of a failed attempt. The wait is at most the time between attempts.',
    covers: (finding, scene) => isField(finding, ['onModelRetry'], 'wait_time') && isPossibleWait(finding, scene),
  },
  {
    name: '`status_code` of `on_model_retry`',
    reason:
      'A log has the text of the error, which may have a status where the exception has none, or the other way round.',
    covers: (finding, scene) => isField(finding, ['onModelRetry'], 'status_code') && isUntoldStatus(finding, scene),
  },
]

/**
 * All hooks of the attempt say the same, and that it was just before the init of the attempt began; where the log has no
 * init of it, that it was after the attempt before and before the attempt's first hook.
 */
function isScheduledTime({ live, replayed, fired }: Finding, scene: Scene): boolean {
  const [time, other] = [parseTime(live), parseTime(replayed)]
  if (!time || !other) return false
  const attempt = attemptOf(fired.live!.data)
  const hooks = scene
    .liveOf(fired.live!)
    .filter(({ hook, data }) => withSummary.includes(hook) && attemptOf(data) === attempt)
  const isLast = scene.replayedOf(fired.live!).every(({ data }) => attemptOf(data) <= attempt)
  return (
    hooks.every(({ data }) => isFields(data['summary']) && data['summary']['started_at'] === live) &&
    (isLast
      ? isJustBefore(time, other)
      : isBetween(time, endOfAttempt(fired.live!, attempt - 1, scene), hooks[0]!.time))
  )
}

function attemptOf(data: Fields): number {
  return Number(data['attempt'] ?? 1)
}

function isJustBefore(time: HrTime, other: HrTime): boolean {
  const gap = secondsFrom(time, other)
  return gap >= 0 && gap < mostDelay
}

function endOfAttempt(live: Fired, attempt: number, scene: Scene): HrTime | undefined {
  return scene.liveOf(live).find(({ hook, data }) => hook === 'onSampleAttemptEnd' && data['attempt'] === attempt)?.time
}

/** Without an attempt before it, just before the first hook. */
function isBetween(time: HrTime, from: HrTime | undefined, to: HrTime): boolean {
  return from ? compareTimes(from, time) <= 0 && compareTimes(time, to) <= 0 : isJustBefore(time, to)
}

/** It is no longer than the replay has it, and live the next call was made just when it was over. */
function isPossibleWait({ live, replayed, fired }: Finding, scene: Scene): boolean {
  const wait = Number(live)
  const { data, time } = fired.live!
  const isOver = scene.live.some((other) => {
    if (other.hook !== 'onBeforeModelGenerate') return false
    const late = secondsFrom(time, other.time) - wait
    return String(other.data['model_name']).endsWith(String(data['model_name'])) && late >= -0.01 && late < mostDelay
  })
  return isOver && wait >= 0 && wait < Number(replayed) + 0.01
}

function secondsFrom(from: HrTime, to: HrTime): number {
  return to[0] - from[0] + (to[1] - from[1]) / 1e9
}

/** One side has none, and the errors of the sample's calls tell it where the replay has it, and do not where it has none. */
function isUntoldStatus({ live, replayed, fired }: Finding, scene: Scene): boolean {
  const status = String(live ?? replayed)
  const isTold = eventsOf(scene.loggedSampleOf(fired.live!)).some(
    ({ event, error }) => event === 'model' && typeof error === 'string' && error.includes(status),
  )
  return live === null ? isTold : replayed === null && !isTold
}
