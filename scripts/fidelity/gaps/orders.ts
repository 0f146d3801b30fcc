import { isFields } from '../../../src/inspect/fields.ts'
import type { EvalLog } from '../../../src/inspect/records.ts'
import { eventIn, type Fired } from '../fired.ts'
import type { Finding } from '../finding.ts'
import type { Scene } from '../scene.ts'
import { isField, recoveredError, type Gap } from './gap.ts'

/** Orders that a log does not tell, and tasks that it does not name. */
export const orderGaps: readonly Gap[] = [
  {
    name: 'the order of the tasks of a run',
    reason: 'Logs have whole seconds, and tasks of the same one have no order in them.',
    covers: (finding, scene) => {
      const { kind, hook, fired, live } = finding
      if (kind === 'order' && hook === 'onTaskStart') return isOrderOfStarts(fired.live!, scene)
      return isField(finding, ['onRunEnd'], 'logs order') && isOrderOfTasks(String(live).split(' '), scene, fired.live!)
    },
  },
  {
    name: '`task_names` of `on_run_start`',
    reason:
      'A log names its own task: not those of the run that were never begun or whose log was removed, not which were added later, and not their order within a second.',
    covers: (finding, scene) =>
      isField(finding, ['onRunStart'], /^task_names\[/) && isPossibleNames(finding.fired, scene),
  },
  {
    name: 'when a model call that came to nothing was over, and when it was interrupted',
    reason:
      'A log has no end of a call that failed or whose answer exceeded a limit, so its place among what ran beside it is not known.',
    covers: ({ kind, hook, fired }, scene) =>
      kind === 'order' && hook === 'onSampleEvent' && isOrderedButForOpenCalls(fired.live!, scene),
  },
]

/**
 * The tasks started live in an order that the seconds in their logs allow, which Inspect reads a moment before it calls the
 * hooks; that of a crash has none, recovered or not.
 */
function isOrderOfStarts({ data }: Fired, scene: Scene): boolean {
  const starts = scene.live.filter((each) => each.hook === 'onTaskStart' && each.data['run_id'] === data['run_id'])
  const headers = starts.flatMap((each) => scene.headerOf(each) ?? [])
  const times = headers.flatMap((header) => (isCrashed(header) ? [] : [Date.parse(header.stats.started_at ?? '')]))
  return times.every((time, index) => index === 0 || !(times[index - 1]! - time > 1000))
}

function isCrashed({ status, error }: EvalLog): boolean {
  return status === 'started' || error?.message === recoveredError
}

/** The tasks are in an order that the seconds allow in which their first attempts in the run were made. */
function isOrderOfTasks(evalIds: readonly string[], scene: Scene, { data }: Fired): boolean {
  const specs = scene.startsOf(data['run_id'])
  return isSorted(
    evalIds.map((id) => {
      const taskId = scene.headers.find((header) => header.eval.eval_id === id)?.eval.task_id
      const times = specs.filter((spec) => spec['task_id'] === taskId).map((spec) => String(spec['created']))
      return times.toSorted()[0] ?? ''
    }),
  )
}

function isSorted(times: readonly string[]): boolean {
  return times.every((time, index) => index === 0 || times[index - 1]! <= time)
}

/**
 * The replay names the tasks that have logs, and so does the live hook, but for those that were added while the run went
 * on. Names that are too many are of tasks whose log was removed, or that were never begun, which only happens when the
 * run came to no good end.
 */
function isPossibleNames({ live, replayed }: Finding['fired'], scene: Scene): boolean {
  const headers = scene.headers.filter(({ eval: { run_id } }) => run_id === live!.data['run_id'])
  const byTask = new Map<unknown, string>(
    headers.map((header) => [header.eval.task_id || header.eval.eval_id, header.eval.task]),
  )
  const [tooMany, others] = [namesIn(live!), namesIn(replayed!)]
  const added = addedTasks(live!, scene)
  for (const [id, task] of byTask) {
    if ((!takeFrom(tooMany, task) && !added.has(id)) || !takeFrom(others, task)) return false
  }
  for (const [id, task] of removedTasks(live!, scene)) if (!byTask.has(id)) takeFrom(tooMany, task)
  return others.length === 0 && (tooMany.length === 0 || headers.some(({ status }) => status !== 'success'))
}

/** Those that were begun after a sample of the run was complete. */
function addedTasks({ data }: Fired, scene: Scene): Set<unknown> {
  const ofRun = scene.live.filter((each) => each.data['run_id'] === data['run_id'])
  const end = ofRun.find(({ hook }) => hook === 'onSampleEnd')
  const later = ofRun.filter(({ line }) => end !== undefined && line > end.line)
  return new Set(later.flatMap(({ data: { spec } }) => (isFields(spec) ? [spec['task_id']] : [])))
}

function removedTasks({ data }: Fired, scene: Scene): Map<unknown, unknown> {
  const removed = scene.startsOf(data['run_id']).filter((spec) => scene.isRemoved(spec))
  return new Map(removed.map((spec) => [spec['task_id'], spec['task']]))
}

function namesIn({ data }: Fired): unknown[] {
  return Array.isArray(data['task_names']) ? [...(data['task_names'] as unknown[])] : []
}

function takeFrom(names: unknown[], name: unknown): boolean {
  const at = names.indexOf(name)
  if (at >= 0) names.splice(at, 1)
  return at >= 0
}

/** The other events of the attempt are in the same order live and on replay. */
function isOrderedButForOpenCalls(live: Fired, scene: Scene): boolean {
  const lines = scene.eventPairsOf(live).flatMap((pair) => (pair.live && !hasNoEnd(pair.live) ? [pair.live.line] : []))
  return lines.every((line, index) => index === 0 || lines[index - 1]! < line)
}

function hasNoEnd(fired: Fired): boolean {
  const { event, completed } = eventIn(fired)
  return event === 'interrupt' || (event === 'model' && completed === undefined)
}
