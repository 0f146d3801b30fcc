import { isFields, type Fields } from '../../../src/inspect/fields.ts'
import { compareTimes, parseTime } from '../../../src/time.ts'
import type { Finding } from '../finding.ts'
import { eventIn, type Fired } from '../fired.ts'
import { eventsOf, type Scene } from '../scene.ts'
import { isField, type Gap } from './gap.ts'

/** What was changed after the run, where the log says that it was. */
export const editGaps: readonly Gap[] = [
  {
    name: 'scores that were given or changed after the run',
    reason: 'The log has the scores, results and scorers as they are now.',
    covers: (finding, scene) =>
      isField(finding, ['onSampleEnd'], /^sample\.(?:scores|events)(?:\.|\[|$)/)
        ? isChangeOfSample(finding, scene)
        : finding.kind === 'missing' && finding.hook === 'onSampleEvent'
          ? isReplacedScoring(finding.fired.live!, scene)
          : isChangeOfResults(finding, scene),
  },
  {
    name: 'the result of a subtask that is no JSON, in a log that was written again',
    reason: 'It is null in a log, and what is null is left out when the log is read and written.',
    covers: (finding, scene) =>
      isField(finding, ['onSampleEvent', 'onSampleEnd'], /^(?:event|sample\.events\[\d+\])\.result$/) &&
      finding.live === null &&
      finding.replayed === undefined &&
      isScoredAgain(scene.loggedSampleOf(finding.fired.live!) ?? {}),
  },
  {
    name: 'samples that were declared invalid after the run',
    reason: 'The log says so of the sample and of the eval.',
    covers: (finding, scene) =>
      isField(finding, ['onSampleEnd'], /^sample\.invalidation(?:\.|$)/)
        ? finding.live === undefined
        : isField(finding, ['onTaskEnd', 'onRunEnd'], /^(?:log|logs\[\d+\])\.invalidated$/) &&
          samplesOf(finding, scene).some((sample) => sample['invalidation'] !== undefined),
  },
  {
    name: 'tags and metadata that were changed after the run',
    reason: 'The log has them as they are now, with the list of changes.',
    covers: (finding, scene) =>
      isField(finding, ['onTaskEnd', 'onRunEnd'], /^(?:log|logs\[\d+\])\.(?:tags|metadata|log_updates)(?:\.|\[|$)/) &&
      scene.headers.some((header) => 'log_updates' in header),
  },
]

/** The sample has a score that was edited, or events of a scoring after it was complete. */
function isScoredAgain(sample: Fields): boolean {
  return eventsOf(sample).some((event) => event['event'] === 'score_edit' || isAfterwards(event, sample))
}

function isAfterwards(event: Fields, sample: Fields): boolean {
  const [time, completed] = [parseTime(event['timestamp']), parseTime(sample['completed_at'])]
  return time !== undefined && completed !== undefined && compareTimes(time, completed) > 0
}

function isChangeOfSample({ path, live, replayed, fired }: Finding, scene: Scene): boolean {
  const sample = scene.loggedSampleOf(fired.live!)
  if (!sample || !isScoredAgain(sample)) return false
  if (path.startsWith('sample.scores')) return true
  // Events that came afterwards, and those of a scoring that others took the place of.
  if (live === undefined)
    return isFields(replayed) && (replayed['event'] === 'score_edit' || isAfterwards(replayed, sample))
  return replayed === undefined && isFields(live) && isOfScoring(live, scene.liveSampleOf(fired.live!))
}

/** A live event of the scoring, where the log has another scoring instead. */
function isReplacedScoring(live: Fired, scene: Scene): boolean {
  const sample = scene.loggedSampleOf(live)
  return (
    sample !== undefined &&
    eventsOf(sample).some((event) => event['name'] === 'scorers' && isAfterwards(event, sample)) &&
    isOfScoring(eventIn(live), scene.liveSampleOf(live))
  )
}

function isOfScoring(event: Fields, sample: Fields | undefined): boolean {
  const events = eventsOf(sample)
  const begin = events.findIndex(({ event: kind, name }) => kind === 'span_begin' && name === 'scorers')
  return begin >= 0 && events.findIndex(({ uuid }) => uuid === event['uuid']) >= begin
}

function isChangeOfResults(finding: Finding, scene: Scene): boolean {
  return (
    (isField(finding, ['onTaskStart'], /^spec\.(?:scorers|metrics)(?:\.|\[|$)/) ||
      isField(
        finding,
        ['onTaskEnd', 'onRunEnd'],
        /^(?:log|logs\[\d+\])\.(?:results|eval\.scorers|eval\.metrics)(?:\.|\[|$)/,
      )) &&
    samplesOf(finding, scene).some(isScoredAgain)
  )
}

/** The logged samples of the eval, or the run, that a finding is about. */
function samplesOf({ fired }: Finding, scene: Scene): Fields[] {
  const { data } = fired.live!
  const name = data['eval_id'] === undefined ? 'run_id' : 'eval_id'
  return scene.replayed.flatMap((each) =>
    each.hook === 'onSampleEnd' && each.data[name] === data[name] && isFields(each.data['sample'])
      ? [each.data['sample']]
      : [],
  )
}
