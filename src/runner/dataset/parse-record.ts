import { messageOf } from '../../errors.ts'
import { isFields } from '../../inspect/fields.ts'
import { parse } from '../../inspect/json.ts'
import { badDataset } from './bad-dataset.ts'
import type { DatasetRecord } from './options.ts'

/** The record in a JSON text; an error that says where it is when there is none. */
export function parseRecord(text: string, where: string): DatasetRecord {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw badDataset(where, `is ${messageOf(error)}`, { cause: error })
  }
  if (!isFields(value)) throw badDataset(where, 'is no object')
  return value
}
