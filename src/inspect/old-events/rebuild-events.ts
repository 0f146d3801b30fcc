import { addSeconds, compareTimes, parseTime } from '../../time.ts'
import type { Fields } from '../fields.ts'
import type { EvalLog, EvalStats } from '../records.ts'
import { addCallEnds, turnEndsIntoBegins } from './call-times.ts'
import { EventIds } from './event-ids.ts'
import { eventsWithin } from './nested-events.ts'
import { isBefore, releaseOf } from './release.ts'
import { groupSpans } from './span-groups.ts'
import { stepsToSpans } from './steps-to-spans.ts'
import { sumUsage } from './sum-usage.ts'

/**
 * Brings the events of an older sample to what Inspect writes today, in place, so that nobody else need know of older
 * ones: calls have a begin and an end, steps are spans, what a tool or a sub-task did is in its span and not in its
 * event, solvers and scorers are grouped, and each event has an id, which is the same on every read.
 */
export function rebuildEvents(sample: Fields, { eval: spec, stats }: Pick<EvalLog, 'eval' | 'stats'>): void {
  const old = sample['events'] as Fields[]
  if (sample['completed_at'] === undefined) noteCompletion(sample, old, stats)
  const release = releaseOf(spec)
  // Since 0.3.113 events have ids, and by then all else was as it is.
  if (release ? !isBefore(release, [0, 3, 113]) : !old.some(isOld)) return
  if (release && isBefore(release, [0, 3, 48])) turnEndsIntoBegins(old)
  else if (release && isBefore(release, [0, 3, 71])) addCallEnds(old)
  // What a retried task takes over from an earlier log has its uuid still, and so the same ids.
  const { uuid = [spec.eval_id, sample['id'], sample['epoch']].join('|') } = sample
  const ids = new EventIds(String(uuid))
  const events = groupSpans(stepsToSpans(old, ids), ids)
  sample['events'] = events
  // Up to 0.3.41 samples do not tell it.
  if (Object.keys(sample['model_usage'] as Fields).length === 0) sample['model_usage'] = sumUsage(events)
}

/**
 * Older samples do not tell when they were finished. It is not to be taken for the time of their last event when they
 * were scored anew long after the run, whose end is known to the second.
 */
function noteCompletion(sample: Fields, events: readonly Fields[], stats: EvalStats): void {
  const end = parseTime(stats.completed_at)
  if (!end) return
  const isOfRun = ({ timestamp }: Fields): boolean => compareTimes(parseTime(timestamp) ?? end, addSeconds(end, 1)) <= 0
  const last = events.findLast(isOfRun)
  if (last && last !== events.at(-1)) sample['completed_at'] = last['completed'] ?? last['timestamp']
}

/** For logs that do not tell the release. */
function isOld(event: Fields): boolean {
  return event['event'] === 'step' || eventsWithin(event).length > 0
}
