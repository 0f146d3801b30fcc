import { EvalspanError } from '../errors.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import { checkLimits } from './limits.ts'
import { checkModelCosts } from './model/model-cost.ts'
import type { TaskOptions } from './task.ts'
import { toList } from './to-list.ts'

/** What a task and a run have in common. */
type SharedOptions = Pick<EvaluateOptions, keyof EvaluateOptions & keyof TaskOptions>

/** Throws a `BAD_OPTION` error, made by `wrong` of the field and of what to do, for what nothing can be run with. */
export function checkShared(options: SharedOptions, wrong: (field: string, advice: string) => EvalspanError): void {
  const { epochs = 1, retryOnError = 0, failOnError = true } = options
  const count: unknown = typeof epochs === 'object' && epochs !== null ? epochs.epochs : epochs
  if (!isCount(count, 1)) throw wrong('epochs', `is ${String(count)}; give a whole number from 1 on`)
  if (!isCount(retryOnError, 0)) throw wrong('retryOnError', `is ${retryOnError}; give a whole number from 0 on`)
  if (typeof failOnError !== 'boolean' && !(failOnError >= 0)) {
    throw wrong('failOnError', `is ${failOnError}; give true, false, a share below 1 or a number of samples`)
  }
  for (const [index, solve] of toList(options.solver).entries()) {
    if (typeof solve !== 'function') throw wrong(`solver[${index}]`, 'is no solver; give a function')
  }
  try {
    checkLimits(options)
  } catch (error) {
    throw wrong((error as Error).message, '')
  }
}

/** Throws a `BAD_OPTION` error that names the option. */
export function checkOptions(options: EvaluateOptions): void {
  const wrong = (field: string, advice: string): EvalspanError =>
    new EvalspanError('BAD_OPTION', `${field} ${advice}`.trimEnd())
  checkShared(options, wrong)
  checkModelCosts(options.modelCosts)
  for (const name of ['maxSamples', 'maxTasks', 'maxConnections'] as const) {
    const value = options[name]
    if (value !== undefined && !isCount(value, 1)) throw wrong(name, `is ${value}; give a whole number from 1 on`)
  }
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least
}
