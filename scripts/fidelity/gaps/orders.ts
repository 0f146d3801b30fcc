import type { Fields } from '../../../src/inspect/fields.ts'
import type { EvalLog } from '../../../src/inspect/records.ts'
import type { Finding } from '../finding.ts'
import type { Fired } from '../fired.ts'
import type { Scene } from '../scene.ts'
import { isField, type Gap } from './gap.ts'

/** Orders that a log does not tell. */
export const orderGaps: readonly Gap[] = [
  {
    name: 'order of the tasks of a run',
    reason: 'Logs have whole seconds, and tasks that start in the same one have no order in them.',
    covers: (finding, scene) => {
      const { kind, hook, fired, live } = finding
      if (kind === 'order' && hook === 'onTaskStart')
        return inOrder(startsOf(finding, scene, ({ stats, eval: spec }) => stats.started_at ?? spec.created))
      if (isField(finding, ['onRunEnd'], 'logs order'))
        return inOrder(
          String(live)
            .split(' ')
            .map((id) => scene.headers.find((header) => header.eval.eval_id === id)?.eval.created ?? ''),
        )
      return (
        isField(finding, ['onRunStart'], /^task_names\[/) &&
        isOrderOfNames(fired.live!.data['task_names'], finding, scene)
      )
    },
  },
  {
    name: 'when a failed model call was over',
    reason: 'A log has no end of a call that failed, so its place among what ran beside it is not known.',
    covers: ({ kind, hook, fired }, scene) =>
      kind === 'order' && hook === 'onSampleEvent' && isOrderedButForFailedCalls(fired.live!, scene),
  },
]

/** The other events of the attempt are in the same order live and on replay. */
function isOrderedButForFailedCalls(live: Fired, scene: Scene): boolean {
  const pairs = scene.eventPairsOf(live).filter(({ live: fired }) => fired && !isFailedCall(fired))
  return pairs.every((pair, index) => index === 0 || pairs[index - 1]!.live!.line < pair.live!.line)
}

function isFailedCall({ data }: Fired): boolean {
  const { event, error, completed } = data['event'] as Fields
  return event === 'model' && error !== undefined && completed === undefined
}

/** The times of the tasks of the run, in the order in which they started live. */
function startsOf({ fired }: Finding, scene: Scene, timeOf: (header: EvalLog) => string): string[] {
  return scene.live
    .filter(({ hook, data }) => hook === 'onTaskStart' && data['run_id'] === fired.live!.data['run_id'])
    .map((each) => scene.headerOf(each))
    .filter((header) => header !== undefined)
    .map(timeOf)
}

function inOrder(times: readonly string[]): boolean {
  return times.every((time, index) => index === 0 || times[index - 1]! <= time)
}

/** The names are those of the logs, in an order that the times at which the logs were created allow. */
function isOrderOfNames(names: unknown, { fired }: Finding, scene: Scene): boolean {
  const logs = scene.headers
    .filter(({ eval: { run_id } }) => run_id === fired.live!.data['run_id'])
    .toSorted((a, b) => (a.eval.created < b.eval.created ? -1 : Number(a.eval.created > b.eval.created)))
  if (!Array.isArray(names) || names.length !== logs.length) return false
  let from = 0
  for (const [, group] of Map.groupBy(logs, ({ eval: { created } }) => created)) {
    const part = names.slice(from, from + group.length).toSorted()
    if (
      part.join('\n') !==
      group
        .map((log) => log.eval.task)
        .toSorted()
        .join('\n')
    )
      return false
    from += group.length
  }
  return true
}
