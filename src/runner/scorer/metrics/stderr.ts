import { EvalspanError } from '../../../errors.ts'
import type { Json } from '../../../inspect/records.ts'
import { paramsOf } from '../../task/params.ts'
import type { Metric, SampleScore, ToFloatOptions } from '../metric.ts'
import { meanOf, sumOf, varianceOf } from '../statistics.ts'
import { toValues } from './to-values.ts'

export interface StderrOptions extends ToFloatOptions {
  /** The field of the samples' metadata that says which samples belong together, such as questions on one text. */
  readonly cluster?: string | undefined
}

/** The standard error of the mean, by the central limit theorem or of clusters; 0 for fewer than two of them. */
export function stderr(options: StderrOptions = {}): Metric {
  const { cluster, toFloat } = options
  return {
    name: 'stderr',
    params: paramsOf(options),
    compute(scores) {
      const values = toValues(scores, toFloat)
      if (cluster !== undefined) return clusteredStderr(clustersOf(scores, cluster, values))
      return values.length < 2 ? 0 : Math.sqrt(varianceOf(values) / values.length)
    },
  }
}

/** With a correction for few clusters, as Inspect has it: <https://arxiv.org/pdf/2411.00640>, appendix A. */
function clusteredStderr(clusters: readonly (readonly number[])[]): number {
  const count = clusters.length
  if (count < 2) return 0
  const values = clusters.flat()
  const mean = meanOf(values)
  const variance = sumOf(clusters.map((cluster) => sumOf(cluster.map((value) => value - mean)) ** 2))
  return Math.sqrt((variance * count) / (count - 1)) / values.length
}

function clustersOf(scores: readonly SampleScore[], field: string, values: readonly number[]): number[][] {
  const clusters = new Map<Json, number[]>()
  for (const [index, { sampleId, sampleMetadata }] of scores.entries()) {
    const cluster = sampleMetadata?.[field] ?? null
    if (cluster === null || Number.isNaN(cluster)) {
      throw new EvalspanError(
        'BAD_SCORE',
        `sample ${sampleId} has no '${field}' in its metadata, which stderr needs for its clusters; give it to every sample`,
      )
    }
    const key = typeof cluster === 'boolean' ? Number(cluster) : cluster
    const members = clusters.get(key)
    if (members) members.push(values[index]!)
    else clusters.set(key, [values[index]!])
  }
  return [...clusters.values()]
}
