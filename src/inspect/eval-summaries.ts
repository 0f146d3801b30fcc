import { asFields } from './fields.ts'
import type { SampleKey } from './layout.ts'
import type { LogFile } from '../files/log-file.ts'
import { inNumericOrder } from './numbered-members.ts'
import { toSampleKey } from './sample-key.ts'
import { decodeText, parseQuietly } from './text.ts'
import type { ZipMember } from './zip-directory.ts'
import { readZipMember } from './zip-member.ts'

/** What is known of a sample without reading it. */
export interface Summary {
  readonly key: SampleKey
  readonly completedAt: string | undefined
}

/**
 * By the name of the sample's place, `samples/<id>_epoch_<epoch>`: from the list of a finished log, or from the pieces
 * that are written while the run goes on. What cannot be read is no loss: the samples say the same.
 */
export async function readSummaries(
  file: LogFile,
  members: ReadonlyMap<string, ZipMember>,
): Promise<Map<string, Summary>> {
  const whole = members.get('summaries.json')
  const summaries = new Map<string, Summary>()
  for (const member of whole ? [whole] : inNumericOrder(members, '_journal/summaries/')) {
    const text = await readZipMember(file, member).then(decodeText, () => undefined)
    const records = parseQuietly(text)
    for (const record of Array.isArray(records) ? records : []) {
      const key = toSampleKey(record)
      if (key === undefined) continue
      const completedAt = asFields(record)['completed_at']
      summaries.set(`samples/${key.id}_epoch_${key.epoch}`, {
        key,
        completedAt: typeof completedAt === 'string' ? completedAt : undefined,
      })
    }
  }
  return summaries
}
