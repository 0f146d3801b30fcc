import { eventIn, type Fired } from '../fired.ts'
import { isUnfinished, type Scene } from '../scene.ts'
import { isField, type Gap } from './gap.ts'

/** What is told of a sample that still runs, from the buffer that Inspect keeps beside the log. */
export const runningGaps: readonly Gap[] = [
  {
    name: 'how the last event of a running sample went on',
    reason: "The buffer was copied before the event's last version was written.",
    covers: (finding, scene) =>
      isField(finding, ['onSampleEvent'], /^(?:event\.(?:timestamp|working_start|working_time|completed)|\(time\))$/) &&
      isRunning(finding.fired.live!, scene) &&
      eventIn(finding.fired.replayed!)['completed'] === undefined,
  },
  {
    name: 'the order of the events of a running sample',
    reason: 'What ends a span is held back until nothing can come before it.',
    covers: ({ kind, hook, fired }, scene) =>
      kind === 'order' && hook === 'onSampleEvent' && isRunning(fired.live!, scene),
  },
  {
    name: 'the last events of a running sample',
    reason:
      'Hooks are called a moment after an event is in the buffer: they had not been called when both were copied.',
    covers: ({ kind, hook, fired }, scene) =>
      kind === 'additional' &&
      hook === 'onSampleEvent' &&
      isRunning(fired.replayed!, scene) &&
      isBehindAll(fired.replayed!, scene),
  },
]

function isRunning(fired: Fired, scene: Scene): boolean {
  return (
    isUnfinished(scene.headerOf(fired)) &&
    [...scene.replayedOf(fired), ...scene.liveOf(fired)].every(({ hook }) => hook !== 'onSampleEnd')
  )
}

/** Nothing of the sample that came later was told live. */
function isBehindAll(replayed: Fired, scene: Scene): boolean {
  const pairs = scene.eventPairsOf(replayed)
  return pairs.slice(pairs.findIndex((pair) => pair.replayed === replayed)).every(({ live }) => !live)
}
