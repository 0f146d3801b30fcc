import { isFields, type Fields } from '../../../src/inspect/fields.ts'
import { compareTimes, parseTime, type HrTime } from '../../../src/time.ts'
import { contentOf } from '../content.ts'
import { eventIn, modelHooks, type Fired } from '../fired.ts'
import { callOf, callsOf } from '../lost-calls.ts'
import { eventsOf, isStripped, isUnfinished, type Scene } from '../scene.ts'
import type { Gap } from './gap.ts'

/** Hooks that were fired live and are not in a log. */
const absences: readonly (Omit<Gap, 'covers'> & { readonly covers: (live: Fired, scene: Scene) => boolean })[] = [
  {
    name: 'samples of a run that was told to log none',
    reason: 'It wrote none.',
    covers: (live, scene) =>
      (live.sample !== undefined || modelHooks.has(live.hook)) &&
      scene.headerOf(live)?.eval.config['log_samples'] === false,
  },
  {
    name: 'samples that had no end',
    reason: 'A sample that was cancelled before it ran, or was given up, is not written.',
    covers: (live, scene) =>
      scene.replayedOf(live).length === 0 &&
      !hasEnd(scene.liveOf(live)) &&
      scene.liveOf(live).some(({ hook }) => hook === 'onSampleInit'),
  },
  {
    name: 'samples that were run again within the run',
    reason: 'The later run of the sample took the place of the earlier one in the log.',
    covers: (live, scene) =>
      live.sample !== undefined && scene.replayedOf(live).length === 0 && isSuperseded(live, scene),
  },
  {
    name: 'what an unfinished log does not have yet',
    reason: 'The run had not finished when the log was written last.',
    covers: isNotYetWritten,
  },
  {
    name: 'events of a sample whose content could not be written',
    reason: 'Inspect writes the sample without it, and says so in its error.',
    covers: (live, scene) => live.hook === 'onSampleEvent' && isStripped(scene.loggedSampleOf(live)),
  },
  {
    name: 'events of a retried attempt before its last model call',
    reason: 'Of an attempt that was retried a log keeps what came from its last model call on.',
    covers: isBeforeKept,
  },
  {
    name: 'model calls whose event is not in the log',
    reason: 'What a log holds of a model call is its event.',
    covers: (live, scene) => scene.lostCalls.has(live) || isCallWithoutEvent(live, scene),
  },
  {
    name: 'model calls outside of evals',
    reason: 'Scoring a log again, for one, writes them nowhere.',
    covers: ({ hook, data }) => modelHooks.has(hook) && data['eval_id'] === null,
  },
  {
    name: 'back-offs that no further attempt came after',
    reason: 'A log has the failed attempt, and not that another one was to follow.',
    covers: (live, scene) => live.hook === 'onModelRetry' && isLastOfCall(live, scene),
  },
  {
    name: 'attempts at a task whose log was removed',
    reason: 'Inspect removes the logs of earlier attempts when an eval set is done.',
    covers: isOfRemoved,
  },
  {
    name: 'further calls that worked on an eval set',
    reason: 'Logs are of one set, and do not tell how many calls it took.',
    covers: ({ hook, data, time }, scene) =>
      (hook === 'onEvalSetStart' || hook === 'onEvalSetEnd') &&
      scene.live.some(
        (other) =>
          other.hook === hook &&
          compareTimes(other.time, time) !== 0 &&
          other.data['eval_set_id'] === data['eval_set_id'],
      ),
  },
  {
    name: 'the second end of a run',
    reason: 'It comes when a hook of the first one raised a limit.',
    covers: ({ hook, data, line }, scene) =>
      hook === 'onRunEnd' &&
      data['exception'] !== null &&
      scene.live.some((other) => other.hook === hook && other.line < line && other.data['run_id'] === data['run_id']),
  },
  {
    name: 'the begin of an attempt whose hook raised a limit',
    reason: 'The log has a limit, and nothing of an attempt.',
    covers: (live, scene) => {
      const sample = scene.liveSampleOf(live)
      return (
        live.hook === 'onSampleAttemptStart' &&
        sample?.['limit'] !== undefined &&
        eventsOf(sample).every(({ name }) => name !== 'solvers')
      )
    },
  },
  {
    name: 'runs that wrote no log',
    reason: 'Nothing of it began: no task was found, or no sample was to be run.',
    covers: (_live, scene) => scene.headers.length === 0,
  },
]

export const absentGaps: readonly Gap[] = absences.map(({ covers, ...gap }) => ({
  ...gap,
  covers: ({ kind, fired }, scene) => kind === 'missing' && covers(fired.live!, scene),
}))

function hasEnd(fired: readonly Fired[]): boolean {
  return fired.some(({ hook }) => hook === 'onSampleEnd')
}

/** The log has the sample under another uuid, completed later. */
function isSuperseded(live: Fired, scene: Scene): boolean {
  const earlier = scene.liveSampleOf(live)
  if (!earlier) return false
  return scene.replayed.some(({ hook, data }) => {
    const later = hook === 'onSampleEnd' && data['eval_id'] === live.data['eval_id'] ? (data['sample'] as Fields) : {}
    const [time, other] = [parseTime(earlier['completed_at']), parseTime(later['completed_at'])]
    return (
      later['id'] === earlier['id'] &&
      later['epoch'] === earlier['epoch'] &&
      time !== undefined &&
      other !== undefined &&
      compareTimes(time, other) < 0
    )
  })
}

function isNotYetWritten(live: Fired, scene: Scene): boolean {
  const { hook, data } = live
  if (hook === 'onRunEnd' || hook === 'onEvalSetEnd') {
    const name = hook === 'onRunEnd' ? 'run_id' : 'eval_set_id'
    return scene.headers.some((header) => header.eval[name] === data[name] && isUnfinished(header))
  }
  return hook !== 'onTaskStart' && isUnfinished(scene.headerOf(live)) && !hasEnd(scene.replayedOf(live))
}

/** An event came before those of its attempt that the log keeps. The log knows of the attempt, and that it was retried. */
function isBeforeKept(live: Fired, scene: Scene): boolean {
  if (live.hook !== 'onSampleEvent') return false
  const replayed = scene.replayedOf(live).filter(({ attempt }) => attempt === live.attempt)
  const end = replayed.find(({ hook, data }) => hook === 'onSampleAttemptEnd' && data['will_retry'] === true)
  if (!end || ['eval_set_id', 'run_id', 'eval_id'].some((id) => end.data[id] !== live.data[id])) return false
  const kept = replayed.filter(({ hook }) => hook === 'onSampleEvent').map(eventIn)
  const model = kept.find(({ event }) => event === 'model')
  if (!model) return kept.length === 0 && !scene.liveOf(live).some((each) => isModelCall(each, live.attempt))
  const [time, until] = [parseTime(eventIn(live)['timestamp']), parseTime(model['completed'] ?? model['timestamp'])]
  return time !== undefined && until !== undefined && compareTimes(time, until) <= 0
}

function isModelCall(fired: Fired, attempt: number): boolean {
  return fired.attempt === attempt && eventIn(fired)['event'] === 'model'
}

/**
 * More calls were announced, or counted, than there were events of them: a limit was met before the call was made, or
 * the event got lost with a sample that has no end.
 */
function isCallWithoutEvent(live: Fired, scene: Scene): boolean {
  if (!modelHooks.has(live.hook)) return false
  const call = callOf(live)
  const hooks = scene.live.filter((each) => each.hook === live.hook && callOf(each) === call)
  const events = scene.live.flatMap((each) => (each.hook === 'onSampleEvent' ? callsOf(each) : []))
  return (
    hooks.length > events.filter((each) => each === call).length &&
    (wasRefused(live, scene) || hasLostSample(live, scene))
  )
}

/** A sample of the eval ended with a limit, and all its calls were over by then. */
function wasRefused(live: Fired, scene: Scene): boolean {
  return scene.live.some((end) => {
    if (live.hook !== 'onBeforeModelGenerate' || end.hook !== 'onSampleEnd' || end.evalId !== live.evalId) return false
    const sample = scene.liveSampleOf(end)
    const begin = scene.liveOf(end).find(({ hook }) => hook === 'onSampleAttemptStart')
    const calls = eventsOf(sample).filter(({ event }) => event === 'model')
    return (
      sample?.['limit'] !== undefined &&
      begin !== undefined &&
      begin.line < live.line &&
      end.line > live.line &&
      calls.every((event) => compareTimes(endOf(event) ?? live.time, live.time) < 0)
    )
  })
}

function hasLostSample(live: Fired, scene: Scene): boolean {
  return scene.live.some(
    (each) => each.hook === 'onSampleInit' && each.evalId === live.evalId && !hasEnd(scene.liveOf(each)),
  )
}

/** The log has a failed attempt of the model by then, and nothing of the same call that came later. */
function isLastOfCall(live: Fired, scene: Scene): boolean {
  const name = `/${String(live.data['model_name'])}`
  const calls = eventsOf(scene.loggedSampleOf(live)).filter(
    ({ event, model }) => event === 'model' && String(model).endsWith(name),
  )
  const isLater = (time: HrTime | undefined): boolean => compareTimes(time ?? live.time, live.time) > 0
  const requestOf = ({ input, span_id: span }: Fields): string => contentOf([input, span])
  const later = new Set(calls.filter((call) => isLater(endOf(call))).map(requestOf))
  return calls.some(
    (call) =>
      call['error'] !== undefined &&
      call['completed'] === undefined &&
      !isLater(parseTime(call['timestamp'])) &&
      !later.has(requestOf(call)),
  )
}

/** When a call was over, or began where its event has no end. */
function endOf({ completed, timestamp }: Fields): HrTime | undefined {
  return parseTime(completed) ?? parseTime(timestamp)
}

/** Of a run, all logs may be gone. */
function isOfRemoved(live: Fired, scene: Scene): boolean {
  const { hook, data, evalId } = live
  if (hook === 'onTaskStart') return isFields(data['spec']) && scene.isRemoved(data['spec'])
  if (hook !== 'onRunStart' && hook !== 'onRunEnd') return evalId !== data['eval_id'] && !scene.headerOf(live)
  const specs = scene.startsOf(data['run_id'])
  return specs.length > 0 && specs.every((spec) => scene.isRemoved(spec))
}
