import { isDeepStrictEqual } from 'node:util'
import type { EvalLog } from '../../src/inspect/records.ts'
import type { ArrivalDifference, Fields } from './differences.ts'
import { totalNames, type LiveScene } from './live-scene.ts'

/** Something that a live run tells, and a replay of its log does not, or otherwise. */
export interface LiveExtra {
  readonly name: string
  readonly reason: string
  /** Comes about only when something happens around the turn of a second. */
  readonly isRare?: true
  /** Of spans and records; totals follow from these. */
  covers(difference: ArrivalDifference, scene: LiveScene): boolean
}

const ofTaskRun = ['attributes.eval.run.id', 'attributes.session.id', 'attributes.test.suite.run.id', 'links']
/** Tasks of one run are created one after another. */
const longestTurnMs = 2000
const retry = 'eval.model.retry'

/** What differs between live and log: all of it, as docs/live.md has it. */
export const liveExtras: readonly LiveExtra[] = [
  {
    name: 'attempts at a sample that failed and were followed by another',
    reason: 'Of a retried attempt a log keeps what came from its last model call on.',
    covers(difference, scene) {
      if (isRoot(difference)) return only(difference, 'startTimeUnixNano') && scene.wasRetried(difference)
      return difference.kind !== 'missing' && difference.of === 'span' && scene.isInRetriedAttempt(difference)
    },
  },
  {
    name: 'back-offs between model calls',
    reason: 'A log has neither the wait nor when a call failed; both are worked out from what lies around them.',
    covers(difference) {
      const { kind, live, replayed } = difference
      const isOfRetry = isDeepStrictEqual(withoutRetries(live?.['events']), withoutRetries(replayed?.['events']))
      if (isOfRetry && only(difference, 'events')) return true
      // Of calls that run at once it is not known which one was tried again.
      return kind === 'different' && isFailedCall(difference) && only(difference, 'events', 'endTimeUnixNano')
    },
  },
  {
    name: 'runs that wrote no log',
    reason: 'Nothing of it began: no sample was to be run, or a hook ended it.',
    covers: ({ kind, name, live }, scene) =>
      kind === 'extra' && name === 'eval_run' && !scene.hasLogOfRun(live?.['attributes.eval.run.id']),
  },
  {
    name: 'what ended a run from outside of its tasks',
    reason: 'It is in no log.',
    covers: (difference) =>
      difference.name === 'eval_run' && only(difference, 'attributes.error.type', 'events', 'status'),
  },
  {
    name: 'how many tasks a run was to have',
    reason: 'A task that never began has no log.',
    covers: (difference) => difference.name === 'eval_run' && only(difference, 'attributes.eval.run.task_count'),
  },
  {
    name: 'attempts at a task whose log was removed',
    reason:
      'Inspect removes the logs of earlier attempts when an eval set is done; what they had is told of the next one.',
    covers(difference, scene) {
      if (difference.kind === 'missing') return false
      if (/^eval_(run|set|task )/.test(difference.name)) return scene.lostTask(difference)
      const log = scene.evalOf(difference)
      if (log === undefined || scene.hasLog(log)) return false
      return difference.kind === 'extra' || only(difference, ...ofTaskRun, 'startTimeUnixNano')
    },
  },
  {
    name: 'the second in which an eval set began',
    reason: 'It is that of its first task, and in a log tasks that started in the same second have no order.',
    isRare: true,
    covers: (difference) =>
      difference.name === 'eval_set' &&
      only(difference, 'startTimeUnixNano', 'endTimeUnixNano') &&
      Math.abs(startOf(difference.live) - startOf(difference.replayed)) <= longestTurnMs,
  },
  {
    name: 'samples of a run that was told to log none',
    reason: 'It wrote none, and so no times but the whole seconds of its task.',
    covers(difference, scene) {
      const headers = scene.headersOf(difference)
      if (!headers.some(({ eval: spec }) => spec.config?.log_samples === false)) return false
      return difference.kind === 'extra' || only(difference, 'endTimeUnixNano')
    },
  },
  {
    name: 'samples that were run again within the run',
    reason: 'The later run of the sample took the place of the earlier one in the log.',
    covers: (difference, scene) => difference.kind === 'extra' && scene.wasRunAgain(difference),
  },
  {
    name: 'samples that had no end',
    reason: 'A sample that was cancelled before it ran, or was given up, is not written.',
    covers: (difference, scene) => isRoot(difference) && scene.hadNoEnd(difference),
  },
  {
    name: 'samples under the uuid that they began with, where a solver gave them another',
    reason: 'A log has the one that the sample ended with.',
    covers: (difference, scene) => difference.kind === 'extra' && scene.hasOtherUuid(difference),
  },
  {
    name: 'a sample whose content ended its task, since it could not be written',
    reason: 'Its log has nothing of it.',
    covers(difference, scene) {
      const [header] = scene.headersOf(difference)
      const error = header?.error?.message ?? ''
      return difference.kind === 'extra' && /surrogates not allowed/.test(error) && !scene.isLogged(difference)
    },
  },
  {
    name: 'what a run that was killed did until then',
    reason: 'A log that is not finished has the samples that were written to it by then.',
    covers: (difference, scene) =>
      difference.kind === 'extra' &&
      (scene.headersOf(difference).some(isUnfinished) || (difference.of === 'span' && !scene.hasRoot(difference))),
  },
  {
    name: 'the end of a run that was killed, where its log got one later',
    reason: 'It is told by the replay of that log.',
    covers: (difference, scene) => difference.kind === 'missing' && scene.wasKilled(difference),
  },
  {
    name: 'scores that were given or changed after the run',
    reason: 'The log has the scores and results as they are now.',
    covers(difference, scene) {
      if (!scene.wasEdited(difference)) return false
      if (difference.kind === 'missing') return true
      if (difference.kind === 'extra') return difference.of === 'record' || /^scorers?\b/.test(difference.name)
      if (difference.name.startsWith('eval_task '))
        return difference.paths.every((path) => path.startsWith('attributes.eval.metric.'))
      return only(difference, 'events', 'attributes.test.case.result.status')
    },
  },
]

/** Which differences are on the list, by its entries, and which are not. */
export function judge(
  differences: readonly ArrivalDifference[],
  scene: LiveScene,
): { readonly listed: ReadonlyMap<string, readonly ArrivalDifference[]>; readonly unlisted: readonly string[] } {
  const listed = new Map<string, ArrivalDifference[]>(liveExtras.map(({ name }) => [name, []]))
  const unlisted: ArrivalDifference[] = []
  const changed = new Set(scene.unfinishedTotals())
  for (const difference of differences) {
    if (difference.of === 'total') continue
    const extra = liveExtras.find((each) => each.covers(difference, scene))
    if (!extra) {
      unlisted.push(difference)
      continue
    }
    listed.get(extra.name)!.push(difference)
    for (const name of scene.totalsOf(difference)) changed.add(name)
  }
  const totals = differences.filter((each) => each.of === 'total' && !followsFrom(each, changed))
  return { listed, unlisted: [...unlisted, ...totals].map(lineOf) }
}

/** A total of a task, a model, a tool or an agent of which something else is on the list. */
function followsFrom({ key }: ArrivalDifference, changed: ReadonlySet<string>): boolean {
  const attributes = JSON.parse(key.slice(key.indexOf(' ') + 1)) as Record<string, unknown>
  return totalNames.some((name) => changed.has(String(attributes[name])))
}

function lineOf({ kind, of, name, key, paths }: ArrivalDifference): string {
  return `${kind} ${of} ${of === 'total' ? key : name} ${paths.join(', ')}`.trim()
}

function startOf(fields: Fields | undefined): number {
  return Number(BigInt(String(fields?.['startTimeUnixNano'])) / 1_000_000n)
}

/** No other path than these is different. */
function only({ kind, paths }: ArrivalDifference, ...allowed: readonly string[]): boolean {
  return kind === 'different' && paths.every((path) => allowed.includes(path))
}

function withoutRetries(events: unknown): unknown[] {
  return Array.isArray(events) ? events.filter(({ name }: { readonly name: string }) => name !== retry) : []
}

function isRoot({ of, name }: ArrivalDifference): boolean {
  return of === 'span' && name.startsWith('eval_sample ')
}

function isFailedCall({ name, live }: ArrivalDifference): boolean {
  return name.startsWith('chat ') && (live?.['status'] as { readonly code?: number } | undefined)?.code === 2
}

function isUnfinished({ status }: EvalLog): boolean {
  return status === 'started'
}
