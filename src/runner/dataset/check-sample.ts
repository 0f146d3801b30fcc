import { isFields } from '../../inspect/fields.ts'
import { messageProblems } from '../sample/message-problems.ts'
import type { Sample } from '../sample.ts'
import { badDataset } from './bad-dataset.ts'

/** The value as a sample; an error that says where it is and which field is wrong. */
export function checkSample(value: unknown, where: string): Sample {
  if (!isFields(value)) throw badDataset(where, 'is no sample; give an object with an input')
  checkInput(value['input'], where)
  const { id, target, choices, description, metadata } = value
  if (id !== undefined && typeof id !== 'string' && !Number.isSafeInteger(id)) {
    throw badDataset(where, `'id' is no string and no whole number`)
  }
  if (target !== undefined && typeof target !== 'string' && !isStrings(target)) {
    throw badDataset(where, `'target' is no string and no list of strings`)
  }
  if (choices !== undefined && !isStrings(choices)) throw badDataset(where, `'choices' is no list of strings`)
  if (description !== undefined && typeof description !== 'string') {
    throw badDataset(where, `'description' is no string`)
  }
  if (metadata !== undefined && !isFields(metadata)) throw badDataset(where, `'metadata' is no object`)
  return value as unknown as Sample
}

function checkInput(input: unknown, where: string): void {
  if (typeof input === 'string') return
  if (!Array.isArray(input) || input.length === 0) {
    throw badDataset(where, "has no 'input'; give a string or a list of messages, or name its field in 'sampleFields'")
  }
  for (const [index, problem] of messageProblems(input)) throw badDataset(where, `'input[${index}]' ${problem}`)
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
