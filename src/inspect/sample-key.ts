import { isFields } from './fields.ts'
import type { SampleKey } from './layout.ts'

/** The key in a summary or a sample; undefined when id or epoch are no good. */
export function toSampleKey(record: unknown): SampleKey | undefined {
  if (!isFields(record)) return undefined
  const { id, epoch = 1, uuid } = record
  if (typeof id !== 'string' && typeof id !== 'number') return undefined
  if (typeof epoch !== 'number') return undefined
  return { id, epoch, uuid: typeof uuid === 'string' ? uuid : undefined }
}

/** The id that hooks of a sample carry: its uuid, or in logs that are older than uuids, what tells it from all others. */
export function sampleIdOf(evalId: string, { uuid, id, epoch }: SampleKey): string {
  return uuid ?? `${evalId}_${id}_epoch_${epoch}`
}
