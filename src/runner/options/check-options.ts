import { inspect } from 'node:util'
import { isObject } from '../../hooks/is-object.ts'
import { checkRoles, checkSettings } from './check-settings.ts'
import { checkSolvers } from './check-solvers.ts'
import { errorHandlingNames } from '../task/error-handling.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import { checkLimits, limitNames } from '../sample/limits.ts'
import { checkModelCosts } from '../model/model-cost.ts'
import { parseReducer } from '../scorer/reducers/resolve-reducers.ts'
import type { RetryOptions } from '../set/set-options.ts'
import { settingKinds } from './setting-kinds.ts'
import { suggestion } from './suggestion.ts'
import type { TaskOptions } from '../task/task.ts'
import { longestTimer } from '../timer.ts'
import { toList } from '../to-list.ts'
import { wrongOption, type Wrong } from './wrong.ts'

/** What a task and a run have in common. */
type SharedOptions = Pick<EvaluateOptions, keyof EvaluateOptions & keyof TaskOptions>

/** Of runs and of sets, which are checked alike. */
const runOptions = {
  model: true,
  modelRoles: true,
  modelCosts: true,
  config: true,
  solver: true,
  limit: true,
  sampleId: true,
  sampleShuffle: true,
  epochs: true,
  maxSamples: true,
  maxTasks: true,
  maxConnections: true,
  score: true,
  logDir: true,
  logSamples: true,
  logRealtime: true,
  logShared: true,
  cleanupTimeout: true,
  tags: true,
  metadata: true,
  signal: true,
  ...errorHandlingNames,
  ...limitNames,
  retryAttempts: true,
  retryCleanup: true,
  logDirAllowDirty: true,
} satisfies Record<keyof EvaluateOptions | keyof RetryOptions, true>

/** Throws for an option that is not among the known ones: a mistyped one would have no effect, and nobody would see it. */
export function checkNames(options: object, known: { readonly [name: string]: true }, wrong: Wrong): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined || Object.hasOwn(known, name)) continue
    const isSetting = Object.hasOwn(settingKinds, name)
    throw wrong(name, `is no option; ${isSetting ? `write config: { ${name} }` : suggestion(name, Object.keys(known))}`)
  }
}

/** Throws a `BAD_OPTION` error, made by `wrong` of the field and of what to do, for what nothing can be run with. */
export function checkShared(options: SharedOptions, wrong: Wrong): void {
  const { epochs = 1, retryOnError = 0, failOnError = true, tags = [] } = options
  const count: unknown = typeof epochs === 'object' && epochs !== null ? epochs.epochs : epochs
  if (!isCount(count, 1)) throw wrong('epochs', `is ${inspect(count)}; give a whole number from 1 on`)
  for (const reducer of typeof epochs === 'object' ? toList(epochs.reducer) : []) {
    if (typeof reducer === 'string') checked(() => parseReducer(reducer), 'epochs.reducer:', wrong)
  }
  if (!isCount(retryOnError, 0))
    throw wrong('retryOnError', `is ${inspect(retryOnError)}; give a whole number from 0 on`)
  if (typeof failOnError !== 'boolean' && !(typeof failOnError === 'number' && failOnError >= 0)) {
    throw wrong('failOnError', `is ${inspect(failOnError)}; give true, false, a share below 1 or a number of samples`)
  }
  if (!isTexts(tags)) throw wrong('tags', `is ${inspect(tags)}; give a list of texts`)
  if (options.metadata !== undefined && !isObject(options.metadata)) {
    throw wrong('metadata', `is ${inspect(options.metadata)}; give an object`)
  }
  checkTruths(options, ['continueOnFail', 'scoreOnError'], wrong)
  checkSolvers(options.solver, 'solver', wrong)
  checkSettings(options.config, 'config', wrong)
  checkRoles(options.modelRoles, wrong)
  checked(() => checkLimits(options), '', wrong)
}

function checked(check: () => unknown, field: string, wrong: Wrong): void {
  try {
    check()
  } catch (error) {
    throw wrong(`${field} ${(error as Error).message}`.trimStart(), '')
  }
}

/** Throws a `BAD_OPTION` error that names the option. */
export function checkOptions(options: EvaluateOptions & RetryOptions): void {
  const wrong = wrongOption
  if (!isObject(options)) throw wrong('options', `are ${inspect(options)}; give an object, or leave them out`)
  checkNames(options, runOptions, wrong)
  checkShared(options, wrong)
  checkModelCosts(options.modelCosts)
  checkTruths(options, ['score', 'logSamples', 'logRealtime', 'retryCleanup', 'logDirAllowDirty'], wrong)
  if (options.logDir !== undefined && typeof options.logDir !== 'string') {
    throw wrong('logDir', `is ${inspect(options.logDir)}; give a folder`)
  }
  for (const name of ['maxSamples', 'maxTasks', 'maxConnections'] as const) {
    const value = options[name]
    if (value !== undefined && !isCount(value, 1))
      throw wrong(name, `is ${inspect(value)}; give a whole number from 1 on`)
  }
  const { retryAttempts = 0, cleanupTimeout = 0, signal } = options
  if (signal !== undefined && !isSignal(signal)) {
    throw wrong('signal', 'is no AbortSignal; give the signal of an AbortController')
  }
  if (typeof cleanupTimeout !== 'number' || !(cleanupTimeout >= 0 && cleanupTimeout <= longestTimer / 1000)) {
    throw wrong('cleanupTimeout', `is ${inspect(cleanupTimeout)}; give a number of seconds from 0 on`)
  }
  if (!isCount(retryAttempts, 0)) {
    throw wrong('retryAttempts', `is ${inspect(retryAttempts)}; give a whole number from 0 on`)
  }
}

function checkTruths<T extends object>(options: T, names: readonly (keyof T & string)[], wrong: Wrong): void {
  for (const name of names) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'boolean') {
      throw wrong(name, `is ${inspect(value)}; give true or false`)
    }
  }
}

/** Also of another realm, or of a library. */
function isSignal(value: unknown): boolean {
  return isObject(value) && typeof value['aborted'] === 'boolean' && typeof value['addEventListener'] === 'function'
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
