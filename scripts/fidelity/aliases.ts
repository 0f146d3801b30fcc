import { isFields, type Fields } from '../../src/inspect/fields.ts'
import type { EvalLog } from '../../src/inspect/records.ts'
import { sampleOf, type Placed } from './fired.ts'

/** Live ids that a log has under another name. */
export interface Aliases {
  /** By the uuid that a sample began with: the one that it ended with, which is all that its log has. */
  readonly samples: ReadonlyMap<string, string>
  /** By an eval whose log was removed: the next attempt at its task, whose log took over what was finished. */
  readonly evals: ReadonlyMap<string, string>
}

export const noAliases: Aliases = { samples: new Map(), evals: new Map() }

export function findAliases(live: readonly Placed[], headers: readonly EvalLog[]): Aliases {
  return { samples: renamedSamples(live), evals: removedEvals(live, headers) }
}

/** A solver that returns a new state gives the sample a new uuid: one has a begin and no end, and one an end alone. */
function renamedSamples(live: readonly Placed[]): Map<string, string> {
  const begun = new Map<string, string>()
  const ended = new Map<string, string>()
  for (const { event } of live) {
    const data = event.data as unknown as Fields
    const uuid = sampleOf(event.hook, data)
    if (uuid === undefined) continue
    const { summary } = data
    if (event.hook === 'onSampleInit' && isFields(summary) && summary['uuid'] === uuid)
      begun.set(uuid, caseOf(data, 'summary'))
    if (event.hook === 'onSampleEnd') ended.set(uuid, caseOf(data, 'sample'))
  }
  const open = [...begun].filter(([uuid]) => !ended.has(uuid))
  return new Map(
    [...ended].flatMap(([uuid, name]) => {
      const [begin, ...others] = begun.has(uuid) ? [] : open.filter(([, other]) => other === name)
      return begin && others.length === 0 ? [[begin[0], uuid]] : []
    }),
  )
}

function caseOf(data: Fields, name: 'summary' | 'sample'): string {
  const { id, epoch } = isFields(data[name]) ? data[name] : {}
  return JSON.stringify([data['eval_id'], id, epoch])
}

function removedEvals(live: readonly Placed[], headers: readonly EvalLog[]): Map<string, string> {
  const logged = new Map(headers.map(({ eval: spec }) => [spec.eval_id, spec.task_id]))
  const starts = live.flatMap(({ event }) => (event.hook === 'onTaskStart' ? [event.data] : []))
  return new Map(
    starts.flatMap(({ eval_id: evalId, spec }, index) => {
      const next = starts.slice(index + 1).find((other) => logged.get(other.eval_id) === spec.task_id)
      return logged.has(evalId) || !next ? [] : [[evalId, next.eval_id]]
    }),
  )
}
