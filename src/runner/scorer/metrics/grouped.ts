import { EvalspanError } from '../../../errors.ts'
import type { Json } from '../../../inspect/records.ts'
import { paramsOf } from '../../task/params.ts'
import { formatTemplate } from '../../text/format-template.ts'
import type { Metric, MetricValue, SampleScore } from '../metric.ts'
import { toText } from '../../text/python-text.ts'
import { meanOf } from '../statistics.ts'
import { valueToFloat, type ValueToFloat } from '../value-to-float.ts'

export interface GroupedOptions {
  /** The value over all groups: the metric of all `samples`, the mean of all `groups`, or none; `samples` when left out. */
  readonly all?: 'samples' | 'groups' | false | undefined
  /** Its name; `all` when left out. */
  readonly allLabel?: string | undefined
  /** Makes numbers of the groups' values, for their mean. */
  readonly valueToFloat?: ValueToFloat | undefined
  /** The name of a group's value; `{group_name}` when left out. */
  readonly nameTemplate?: string | undefined
}

/** A metric for each group of samples, which are those that have the same value in a field of their metadata. */
export function grouped(metric: Metric, groupKey: string, options: GroupedOptions = {}): Metric {
  const { all = 'samples', allLabel = 'all', nameTemplate = '{group_name}' } = options
  const toFloat = options.valueToFloat ?? valueToFloat()

  function compute(scores: readonly SampleScore[]): ReadonlyMap<string, number> {
    if (scores.length === 0) return new Map(all === false ? [] : [[allLabel, Number.NaN]])
    const values = new Map<string, number>()
    for (const [group, members] of groupsOf(scores, groupKey)) {
      values.set(formatTemplate(nameTemplate, { group_name: group }), numberOf(metric.compute(members)))
    }
    if (all === false) return values
    if (values.has(allLabel)) {
      throw new EvalspanError(
        'BAD_OPTION',
        `a group of '${groupKey}' is named '${allLabel}' like the value over all groups; give grouped() another 'allLabel'`,
      )
    }
    const overall = all === 'samples' ? numberOf(metric.compute(scores)) : meanOf([...values.values()].map(toFloat))
    return values.set(allLabel, overall)
  }

  function numberOf(value: MetricValue): number {
    if (typeof value === 'number') return value
    throw new EvalspanError('BAD_OPTION', `metric '${metric.name}' gives several values, so it cannot be grouped`)
  }

  const inner = { type: 'metric', name: metric.name, params: metric.params }
  return { name: 'grouped', params: paramsOf({ metric: inner, groupKey, ...options }), compute }
}

function groupsOf(scores: readonly SampleScore[], field: string): Map<string, SampleScore[]> {
  return Map.groupBy(scores, ({ sampleId, sampleMetadata }): string => {
    const group: Json | undefined = sampleMetadata?.[field]
    if (group !== undefined) return toText(group)
    throw new EvalspanError(
      'BAD_SCORE',
      `sample ${sampleId} has no '${field}' in its metadata, which grouped() needs; give it to every sample`,
    )
  })
}
