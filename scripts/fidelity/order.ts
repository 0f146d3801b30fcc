import type { Finding } from './finding.ts'
import { eventIn, type Fired } from './fired.ts'
import type { Pair } from './pairs.ts'

/**
 * Where hooks that must follow each other do so in another order than live: the hooks of a sample's life, the events of
 * an attempt, the tasks of a run, the runs. What runs side by side has no order; neither have events and the hooks that
 * are fired meanwhile.
 */
export function findOrderDifferences(pairs: readonly Pair[]): Finding[] {
  const matched = pairs.filter(
    (pair): pair is { live: Fired; replayed: Fired } => pair.live !== undefined && pair.replayed !== undefined,
  )
  return [...Map.groupBy(matched, ({ live }) => sequenceOf(live)).entries()].flatMap(([sequence, members]) => {
    if (sequence === undefined) return []
    const live = members.toSorted((a, b) => a.live.line - b.live.line)
    const replayed = members.toSorted((a, b) => a.replayed.line - b.replayed.line)
    return live.flatMap((pair, index): Finding[] => {
      const other = replayed[index]!
      if (pair === other) return []
      const fired = { live: pair.live, replayed: pair.replayed }
      return [
        {
          kind: 'order',
          hook: pair.live.hook,
          path: `place ${index + 1} of ${sequence}`,
          live: nameOf(pair.live),
          replayed: nameOf(other.replayed),
          fired,
        },
      ]
    })
  })
}

/** The hooks with the same one follow each other. */
function sequenceOf({ hook, data, sample, attempt }: Fired): string | undefined {
  switch (hook) {
    case 'onEvalSetStart':
    case 'onEvalSetEnd':
    case 'onRunStart':
    case 'onRunEnd':
      return 'the runs'
    case 'onTaskStart':
      return `the tasks of run ${String(data['run_id'])}`
    case 'onTaskEnd':
      return undefined
    case 'onSampleEvent':
      return `the events of sample ${sample}, attempt ${attempt}`
    case 'onBeforeModelGenerate':
    case 'onModelUsage':
    case 'onModelCacheUsage':
    case 'onModelRetry':
      return undefined
    default:
      return `the hooks of sample ${sample}`
  }
}

function nameOf(fired: Fired): string {
  const { hook, data, attempt } = fired
  return [hook, eventIn(fired)['uuid'] ?? data['eval_id'] ?? data['run_id'], attempt].join(' ')
}
