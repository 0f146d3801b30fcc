import { EvalspanError } from '../../errors.ts'

/** An error that says where in which dataset something is wrong. */
export function badDataset(where: string, problem: string, options?: ErrorOptions): EvalspanError {
  return new EvalspanError('BAD_DATASET', `${where}: ${problem}`, options)
}
