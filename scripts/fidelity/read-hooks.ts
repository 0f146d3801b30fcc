import { createReadStream } from 'node:fs'
import { messageOf } from '../../src/errors.ts'
import { linesOf } from '../../src/inspect/lines.ts'
import { fromRecord } from '../../src/hooks/wire.ts'
import { isFields } from '../../src/inspect/fields.ts'
import { parse } from '../../src/inspect/json.ts'
import { compareTimes, parseTime, type HrTime } from '../../src/time.ts'
import type { Placed } from './fired.ts'

/**
 * What Inspect fired, from a file of hooks. A line that is no record is a problem, and so is one that is not where its
 * number or its time says: then the file does not show what was fired. Of several processes times do not follow each other.
 */
export async function readHooks(
  path: string,
  onProblem: (problem: string) => void,
  { ofOneProcess = true }: { readonly ofOneProcess?: boolean } = {},
): Promise<Placed[]> {
  const hooks: Placed[] = []
  let line = 0
  let last: number | undefined
  let time: HrTime = [0, 0]
  for await (const text of linesOf(createReadStream(path, 'utf8'))) {
    line += 1
    if (text.trim() === '') continue
    try {
      const record = parse(text)
      const event = fromRecord(record, { replay: false })
      hooks.push({ event, line })
      const number = isFields(record) && typeof record['seq'] === 'number' ? record['seq'] : undefined
      // Each process that fired hooks counts from 1.
      if (number !== undefined && last !== undefined && number !== last + 1 && number !== 1)
        onProblem(`${path}, line ${line}: seq goes from ${last} to ${number}, so records are missing or moved`)
      last = number
      const fired = parseTime(event.meta.time) ?? time
      if (ofOneProcess && compareTimes(fired, time) < 0)
        onProblem(`${path}, line ${line}: time goes back, so records were changed or moved`)
      time = fired
    } catch (error) {
      onProblem(`${path}, line ${line}: ${messageOf(error)}`)
    }
  }
  return hooks
}
