import { blake2s } from './blake2s.ts'
import type { EvalSpec } from './records.ts'

const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const length = 22

/** The id that Inspect computes for an eval of a log which is older than eval ids: the same on every read. */
export function computeEvalId(spec: Pick<EvalSpec, 'run_id' | 'task_id' | 'created'>): string {
  const digest = blake2s(Buffer.from(spec.run_id + spec.task_id + spec.created, 'utf8'), 16)
  let number = BigInt(`0x${digest.toString('hex')}`)
  let id = ''
  while (id.length < length) {
    id = alphabet[Number(number % 57n)]! + id
    number /= 57n
  }
  return id
}
