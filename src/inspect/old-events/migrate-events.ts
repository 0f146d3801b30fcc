import type { Fields } from '../fields.ts'
import type { EvalSpec } from '../records.ts'
import { addCallEnds, turnEndsIntoBegins } from './call-times.ts'
import { EventIds } from './event-ids.ts'
import { isBefore } from './inspect-version.ts'
import { eventsWithin } from './nested-events.ts'
import { groupSpans } from './span-groups.ts'
import { stepsToSpans } from './steps-to-spans.ts'
import { sumUsage } from './sum-usage.ts'

/**
 * Brings the events of an older sample to what Inspect writes today, in place, so that nobody else need know of older
 * ones: calls have a begin and an end, steps are spans, what a tool or a sub-task did is in its span and not in its
 * event, solvers and scorers are grouped, and each event has an id, which is the same on every read.
 */
export function migrateEvents(sample: Fields, spec: EvalSpec): void {
  const old = sample['events'] as Fields[]
  // Since then events have ids, and there were no steps and nothing within events any more.
  if (!isBefore(spec, '0.3.113') && !old.some(isOld)) return
  if (isBefore(spec, '0.3.48')) turnEndsIntoBegins(old)
  else if (isBefore(spec, '0.3.71')) addCallEnds(old)
  // What a retried task takes over from an earlier log has its uuid still, and so the same ids.
  const { uuid = [spec.eval_id, sample['id'], sample['epoch']].join('|') } = sample
  const ids = new EventIds(String(uuid))
  const events = groupSpans(stepsToSpans(old, ids), ids)
  sample['events'] = events
  // Up to 0.3.41 samples do not tell it.
  if (Object.keys(sample['model_usage'] as Fields).length === 0) sample['model_usage'] = sumUsage(events)
}

/** For logs that do not tell the release. */
function isOld(event: Fields): boolean {
  return event['event'] === 'step' || eventsWithin(event).length > 0
}
