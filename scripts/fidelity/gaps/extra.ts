import { isFields } from '../../../src/inspect/fields.ts'
import { contentOf } from '../content.ts'
import { eventIn, type Fired } from '../fired.ts'
import { eventsOf, type Scene } from '../scene.ts'
import type { Gap } from './gap.ts'

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
          error?.message === 'Eval recovered from crash' &&
          (data['eval_id'] ?? spec.eval_id) === spec.eval_id &&
          (data['run_id'] ?? spec.run_id) === spec.run_id,
      ) &&
      !scene.live.some((live) => live.hook === 'onSampleEnd' && live.sample === sample && sample !== undefined),
  },
]

export const extraGaps: readonly Gap[] = extras.map(({ covers, ...gap }) => ({
  ...gap,
  covers: ({ kind, fired }, scene) => kind === 'additional' && covers(fired.replayed!, scene),
}))

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
 * Nothing was told of the sample's end, and its task was cancelled, or ended with an error that is none of its samples':
 * both reach a sample that has just been written.
 */
function wasTornDown(replayed: Fired, scene: Scene): boolean {
  const { status, error } = scene.headerOf(replayed) ?? {}
  const ends = scene.liveOf(replayed).map(({ hook }) => hook)
  if (ends.includes('onSampleEnd')) return false
  if (status === 'cancelled')
    return scene.loggedSampleOf(replayed)?.['error'] === undefined && !ends.includes('onSampleAttemptEnd')
  return status === 'error' && error !== undefined && !loggedErrors(scene).has(error.message)
}

function loggedErrors(scene: Scene): Set<unknown> {
  const samples = scene.replayed.flatMap(({ hook, data }) => (hook === 'onSampleEnd' ? [data['sample']] : []))
  return new Set(
    samples.flatMap((sample) => (isFields(sample) && isFields(sample['error']) ? [sample['error']['message']] : [])),
  )
}
