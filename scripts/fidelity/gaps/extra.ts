import { isFields } from '../../../src/inspect/fields.ts'
import { contentOf } from '../content.ts'
import { eventIn, type Fired } from '../fired.ts'
import { eventsOf, type Scene } from '../scene.ts'
import { isField, recoveredError, type Gap } from './gap.ts'

/** Hooks that a replay fires, and Inspect did not, or lost. */
const extras: readonly (Omit<Gap, 'covers'> & { readonly covers: (replayed: Fired, scene: Scene) => boolean })[] = [
  {
    name: 'events that did not reach the hooks',
    reason:
      'Inspect loses an event that it cannot store, the one on its way when the solvers end, and what follows an error in a hook.',
    covers: (replayed, scene) => replayed.hook === 'onSampleEvent' && wasDropped(replayed, scene),
  },
  {
    name: 'the end of a sample whose task raised meanwhile',
    reason: 'The sample is in the log, and that its end was not told is not.',
    covers: (replayed, scene) =>
      (replayed.hook === 'onSampleAttemptEnd' || replayed.hook === 'onSampleEnd') && wasTornDown(replayed, scene),
  },
  {
    name: 'ends in a log that was recovered from a crash',
    reason: '`inspect log recover` writes an end for what had none.',
    covers: ({ hook, data, sample }, scene) =>
      ['onSampleScoring', 'onSampleAttemptEnd', 'onSampleEnd', 'onRunEnd', 'onEvalSetEnd'].includes(hook) &&
      scene.headers.some(
        ({ eval: spec, error }) =>
          error?.message === recoveredError &&
          (data['eval_id'] ?? spec.eval_id) === spec.eval_id &&
          (data['run_id'] ?? spec.run_id) === spec.run_id,
      ) &&
      !scene.live.some((live) => live.hook === 'onSampleEnd' && live.sample === sample && sample !== undefined),
  },
]

export const extraGaps: readonly Gap[] = [
  ...extras.map(({ covers, ...gap }): Gap => ({
    ...gap,
    covers: ({ kind, fired }, scene) => kind === 'additional' && covers(fired.replayed!, scene),
  })),
  {
    name: 'retries of a sample whose log was removed',
    reason:
      'The next attempt at the task took the sample over, with errors of which it is not known, within a second, whether they are of the same run.',
    covers: (finding, scene) =>
      (isField(finding, ['onSampleAttemptEnd'], /^(?:error|will_retry)(?:\.|$)/) ||
        (finding.kind === 'additional' && finding.hook === 'onSampleEvent')) &&
      hasOtherAttempts(finding.fired.replayed!, scene),
  },
  {
    name: 'the second delivery of an event',
    reason: 'Inspect loses that, too, on its way when the solvers end.',
    covers: ({ kind, path, live, replayed, fired }, scene) =>
      kind === 'field' &&
      path === '(times delivered)' &&
      Number(live) < Number(replayed) &&
      wasLastBeforeScoring(fired.live!, scene),
  },
]

/** The sample ran in an eval that has no log, and was retried there more often than the replay has it. */
function hasOtherAttempts(replayed: Fired, scene: Scene): boolean {
  const [live, ours] = [scene.liveOf(replayed), scene.replayedOf(replayed)].map((all) =>
    all.filter(({ hook }) => hook === 'onSampleAttemptStart'),
  )
  return live!.some(({ evalId, data }) => evalId !== data['eval_id']) && live!.length > ours!.length
}

function wasLastBeforeScoring({ line, attempt, sample }: Fired, scene: Scene): boolean {
  const next = scene.live.find((each) => each.line > line && each.sample === sample && sample !== undefined)
  return next?.hook === 'onSampleScoring' && next.attempt === attempt
}

/** The live sample had the event, and there is a reason for which it was not delivered. */
function wasDropped(replayed: Fired, scene: Scene): boolean {
  const event = scene.eventAtEnd(replayed)
  if (!event || contentOf(event) !== contentOf(eventIn(replayed))) return false
  return holdsSurrogate(event) || wasOnItsWay(replayed, scene) || followsHookError(replayed, scene)
}

/** Inspect's buffer cannot store it, and the hooks come after the buffer. */
function holdsSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed()
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => !key.isWellFormed() || holdsSurrogate(item))
}

/** All before it came before the scoring, and all after it afterwards. */
function wasOnItsWay(replayed: Fired, scene: Scene): boolean {
  const pairs = scene.eventPairsOf(replayed)
  const at = pairs.findIndex((pair) => pair.replayed === replayed)
  const before = pairs.slice(0, at).findLast(({ live }) => live)?.live?.line
  const after = pairs.slice(at + 1).find(({ live }) => live)?.live?.line
  const scoring = scene
    .liveOf(replayed)
    .find(({ hook, attempt }) => hook === 'onSampleScoring' && attempt === replayed.attempt)?.line
  return (
    scoring !== undefined &&
    (before ?? 0) < scoring &&
    (after ?? Infinity) > scoring &&
    pairs[at - 1]?.live !== undefined
  )
}

/** Nothing after it was delivered, and the transcript has the error of a hook. */
function followsHookError(replayed: Fired, scene: Scene): boolean {
  const pairs = scene.eventPairsOf(replayed)
  const at = pairs.findIndex((pair) => pair.replayed === replayed)
  const isHookError = ({ event, message }: { [name: string]: unknown }): boolean =>
    event === 'logger' &&
    isFields(message) &&
    /^Exception (?:calling hook|draining sample events|in sample event emitter)/m.test(String(message['message']))
  return pairs.slice(at).every(({ live }) => !live) && eventsOf(scene.liveSampleOf(replayed)).some(isHookError)
}

/**
 * Nothing was told of the sample's end, and its task was cancelled, or ended with an error: both reach a sample that has
 * just been written.
 */
function wasTornDown(replayed: Fired, scene: Scene): boolean {
  const { status, error } = scene.headerOf(replayed) ?? {}
  const live = scene.liveOf(replayed)
  const ends = live.map(({ hook }) => hook)
  if (ends.includes('onSampleEnd')) return false
  const isGood = scene.loggedSampleOf(replayed)?.['error'] === undefined
  if (status === 'cancelled') return isGood && !ends.includes('onSampleAttemptEnd')
  if (status === 'error' && error !== undefined && !loggedErrors(scene).has(error.message)) return true
  return isGood && live.length > 0 && failedAfter(live.at(-1)!, scene)
}

/** The error of another sample of the eval came after the last that was told of this one. */
function failedAfter(last: Fired, scene: Scene): boolean {
  return scene.live.some(
    ({ hook, data, line }) =>
      hook === 'onSampleEnd' &&
      data['eval_id'] === last.data['eval_id'] &&
      line > last.line &&
      isFields(data['sample']) &&
      data['sample']['error'] !== undefined,
  )
}

function loggedErrors(scene: Scene): Set<unknown> {
  const samples = scene.replayed.flatMap(({ hook, data }) => (hook === 'onSampleEnd' ? [data['sample']] : []))
  return new Set(
    samples.flatMap((sample) => (isFields(sample) && isFields(sample['error']) ? [sample['error']['message']] : [])),
  )
}
