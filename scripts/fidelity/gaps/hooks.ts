import { isFields, type Fields } from '../../../src/inspect/fields.ts'
import { compareTimes, parseTime } from '../../../src/time.ts'
import { contentOf } from '../content.ts'
import { modelHooks, sampleOf, type Fired } from '../fired.ts'
import type { Scene } from '../scene.ts'
import type { Gap } from './gap.ts'

/** Hooks that are not in a log at all, and events that are in a log alone. */
export const hookGaps: readonly Gap[] = [
  {
    name: 'samples of a run without a log of samples',
    reason: 'The run was told to log no samples.',
    covers: ({ kind, fired }, scene) =>
      kind === 'missing' &&
      isOfSample(fired.live!) &&
      scene.headerOf(fired.live!)?.eval.config['log_samples'] === false,
  },
  {
    name: 'samples that had no end',
    reason: 'A sample that was cancelled before it ran, or was given up, is not written.',
    covers: ({ kind, fired }, scene) =>
      kind === 'missing' &&
      sampleOf(fired.live!.hook, fired.live!.data) !== undefined &&
      scene.replayedOf(fired.live!).length === 0 &&
      scene.liveOf(fired.live!).every(({ hook }) => hook !== 'onSampleEnd'),
  },
  {
    name: 'what an unfinished log does not have yet',
    reason: 'The run had not finished when the log was written last.',
    covers: ({ kind, hook, fired }, scene) => {
      if (kind !== 'missing') return false
      if (hook === 'onEvalSetEnd' || hook === 'onRunEnd')
        return scene.headers.some((header) => isOf(fired.live!, header.eval) && scene.isUnfinished(header))
      return (
        hook !== 'onTaskStart' &&
        scene.isUnfinished(scene.headerOf(fired.live!)) &&
        scene.replayedOf(fired.live!).every((each) => each.hook !== 'onSampleEnd')
      )
    },
  },
  {
    name: 'events of a retried attempt before its last model call',
    reason: 'Of an attempt that was retried a log keeps what came from its last model call on.',
    covers: ({ kind, fired }, scene) => kind === 'missing' && isBeforeKept(fired.live!, scene),
  },
  {
    name: 'model calls whose event is not in the log',
    reason: 'What a log holds of a model call is its event.',
    covers: ({ kind, fired }, scene) => kind === 'missing' && scene.lostCalls.explains(fired.live!),
  },
  {
    name: 'events that did not reach the hooks',
    reason:
      'Inspect drops the event that is on its way when the solvers end, and one that it cannot store: the log has more.',
    covers: ({ kind, hook, fired }, scene) =>
      kind === 'additional' && hook === 'onSampleEvent' && wasDropped(fired.replayed!, scene),
  },
]

function isOfSample({ hook, data }: Fired): boolean {
  return sampleOf(hook, data) !== undefined || (modelHooks.has(hook) && typeof data['eval_id'] === 'string')
}

function isOf({ hook, data }: Fired, spec: { run_id: string; eval_set_id?: string | undefined }): boolean {
  return hook === 'onRunEnd' ? data['run_id'] === spec.run_id : data['eval_set_id'] === spec.eval_set_id
}

/** Whether an event came before those of its attempt that the log keeps. Its attempt is known, and was retried. */
function isBeforeKept(live: Fired, scene: Scene): boolean {
  if (live.hook !== 'onSampleEvent') return false
  const replayed = scene.replayedOf(live).filter(({ attempt }) => attempt === live.attempt)
  const isRetried = replayed.some(({ hook, data }) => hook === 'onSampleAttemptEnd' && data['will_retry'] === true)
  if (!isRetried) return false
  const kept = replayed.filter(({ hook }) => hook === 'onSampleEvent').map(({ data }) => data['event'] as Fields)
  const lastModel = kept.find(({ event }) => event === 'model')
  const time = parseTime((live.data['event'] as Fields)['timestamp'])
  if (!lastModel) return kept.length === 0 && hasNoModelCall(live, scene)
  const until = parseTime(lastModel['completed']) ?? parseTime(lastModel['timestamp'])
  return time !== undefined && until !== undefined && compareTimes(time, until) <= 0
}

function hasNoModelCall(live: Fired, scene: Scene): boolean {
  return scene
    .liveOf(live)
    .every(
      ({ attempt, data }) => attempt !== live.attempt || !isFields(data['event']) || data['event']['event'] !== 'model',
    )
}

/**
 * The live sample had the event. Either it holds a lone surrogate, which Inspect's buffer refuses, or it was the one on
 * its way when the solvers ended: all before it came before the scoring, all after it afterwards.
 */
function wasDropped(replayed: Fired, scene: Scene): boolean {
  const event = scene.eventAtEnd(replayed)
  if (!event || contentOf(event) !== contentOf(replayed.data['event'])) return false
  if (holdsSurrogate(event)) return true
  const { before, after } = scene.neighbours(replayed)
  const scoring = scene
    .liveOf(replayed)
    .find(({ hook, attempt }) => hook === 'onSampleScoring' && attempt === replayed.attempt)?.line
  return scoring !== undefined && (before === undefined || before < scoring) && (after === undefined || after > scoring)
}

function holdsSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed()
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => !key.isWellFormed() || holdsSurrogate(item))
}
