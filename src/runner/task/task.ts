import type { Awaitable } from '../../hooks/awaitable.ts'
import { EvalspanError } from '../../errors.ts'
import type { Json } from '../../inspect/records.ts'
import { isObject } from '../../hooks/is-object.ts'
import type { Dataset, Sample } from '../sample.ts'
import { checkNames, checkShared } from '../options/check-options.ts'
import { checkSolvers } from '../options/check-solvers.ts'
import { errorHandlingNames, type ErrorHandling } from './error-handling.ts'
import type { GenerateSettings } from '../options/generate-config.ts'
import { limitNames, type Limits } from '../sample/limits.ts'
import { rememberTask } from '../run/made-tasks.ts'
import type { ModelRoles } from '../model/model-roles.ts'
import type { ModelSpec } from '../model/model-spec.ts'
import type { Metrics, Reducer } from '../scorer/metric.ts'
import type { Scorer } from '../scorer/scorer.ts'
import type { Solver } from '../solver.ts'
import type { TaskState } from '../sample/task-state.ts'
import { toList, type OneOrMany } from '../to-list.ts'

/** How often each sample is run, and how one score is made of those of all runs. */
export interface Epochs {
  readonly epochs: number
  /** The mean when left out; by name (`mean`, `at_least_2`) or as they are. */
  readonly reducer?: OneOrMany<string | Reducer> | undefined
}

/** What a sample needs around it: a container, a server, a folder. */
export interface Sandbox {
  /** Made before the solvers of each attempt. What it throws is the sample's error. */
  readonly init: (state: TaskState) => Awaitable<void>
  /** Called after the scorers, whatever happened. */
  readonly cleanup?: ((state: TaskState) => Awaitable<void>) | undefined
}

export interface TaskOptions extends Limits, ErrorHandling {
  readonly name: string
  readonly dataset: Dataset | Iterable<Sample> | AsyncIterable<Sample>
  /** Runs before the solvers, and is not replaced with them. */
  readonly setup?: OneOrMany<Solver> | undefined
  /** `generate()` when left out. */
  readonly solver?: OneOrMany<Solver> | undefined
  /** Called after the scorers of each attempt, also after an error. What it throws is reported, no more. */
  readonly cleanup?: ((state: TaskState) => Awaitable<void>) | undefined
  readonly scorer?: OneOrMany<Scorer> | undefined
  /** Instead of those that the scorers bring. */
  readonly metrics?: Metrics | undefined
  readonly epochs?: number | Epochs | undefined
  readonly sandbox?: Sandbox | undefined
  /** The one that is given to `evaluate` when left out. */
  readonly model?: ModelSpec | undefined
  readonly modelRoles?: ModelRoles | undefined
  readonly config?: GenerateSettings | undefined
  readonly version?: number | string | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
}

const taskOptions = {
  name: true,
  dataset: true,
  setup: true,
  solver: true,
  cleanup: true,
  scorer: true,
  metrics: true,
  epochs: true,
  sandbox: true,
  model: true,
  modelRoles: true,
  config: true,
  version: true,
  tags: true,
  metadata: true,
  ...errorHandlingNames,
  ...limitNames,
} satisfies Record<keyof TaskOptions, true>

/** Where a task comes from, which tells it from others of the same name. */
export interface TaskOrigin {
  /** What the function that made it was given. */
  readonly args?: { readonly [name: string]: Json } | undefined
  readonly file?: string | undefined
  /** Under which it was asked for in its file, where it was. */
  readonly name?: string | undefined
}

// By which copies of this package in one process know each other's tasks.
const taskMark = Symbol.for('evalspan.Task')

/** What is evaluated: samples, how they are solved and how they are scored. */
export class Task {
  static {
    Object.defineProperty(this.prototype, taskMark, { value: true })
  }

  readonly options: TaskOptions
  readonly origin: TaskOrigin

  constructor(options: TaskOptions, origin: TaskOrigin = {}) {
    this.options = options
    this.origin = origin
  }

  get name(): string {
    return this.options.name
  }

  static is(value: unknown): value is Task {
    return typeof value === 'object' && value !== null && Reflect.get(value, taskMark) === true
  }
}

/** Defines a task, as Inspect's `Task`. Throws a `BAD_OPTION` error that names the field for what cannot be evaluated. */
export function task(options: TaskOptions): Task {
  if (!isObject(options)) throw new EvalspanError('BAD_OPTION', 'task() needs an object with name and dataset')
  const { name, dataset } = options
  const wrong = (field: string, advice: string): EvalspanError =>
    new EvalspanError(
      'BAD_OPTION',
      `task ${typeof name === 'string' && name ? name : 'without a name'}: ${field} ${advice}`.trimEnd(),
    )
  checkNames(options, taskOptions, wrong)
  if (typeof name !== 'string' || name === '') throw wrong('name', 'is missing; give it one')
  const odd = oddDataset(dataset)
  if (odd !== undefined) throw wrong('dataset', odd)
  checkShared(options, wrong)
  checkSolvers(options.setup, 'setup', wrong)
  for (const [index, scorer] of toList(options.scorer).entries()) {
    if (!isObject(scorer)) throw wrong(`scorer[${index}]`, 'is no scorer; make one with scorer()')
    if (typeof scorer.score !== 'function') throw wrong(`scorer[${index}]`, 'has no score; make it with scorer()')
    if (typeof scorer.metrics !== 'object' || scorer.metrics === null) {
      throw wrong(`scorer[${index}]`, 'has no metrics; make it with scorer()')
    }
  }
  return rememberTask(new Task(options))
}

const advice = 'give a list of samples, or what jsonDataset() and csvDataset() read'

/** What is wrong with a dataset, and what to do; undefined for one that can be read. */
function oddDataset(dataset: unknown): string | undefined {
  if (typeof dataset === 'string') {
    const [, extension] = /\.(csv|json)$/i.exec(dataset) ?? []
    return `is a text; read the file with ${extension?.toLowerCase() ?? 'jsonl'}Dataset('${dataset}')`
  }
  if (typeof dataset === 'function') return 'is a function; call it, and give what it returns'
  if (typeof dataset !== 'object' || dataset === null) return `is missing; ${advice}`
  if ('then' in dataset && typeof dataset.then === 'function') return 'is a promise; put await before it'
  const isReadable = Symbol.iterator in dataset || Symbol.asyncIterator in dataset || 'samples' in dataset
  return isReadable ? undefined : `has no samples; ${advice}`
}
