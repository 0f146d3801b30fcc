import { afterEach, onTestFinished } from 'vitest'
import {
  evalSet,
  evaluate,
  generate,
  match,
  Hooks,
  task,
  type EvalSample,
  type EvaluateOptions,
  type HookData,
  type HookEvent,
  type HookName,
  type HostOptions,
  type TaskOptions,
} from '../../src/index.ts'
import { hooks } from '../../src/hooks/register.ts'
import type { LoggedEval } from '../../src/runner/run/run-context.ts'
import { temporaryFolders } from './in-folder.ts'
import { sequence, takeFired } from './recorder.ts'
import { quickModel } from './scenarios.ts'

/** What was seen of a run. */
export interface Seen {
  readonly logs: readonly LoggedEval[]
  /** What `evaluate` rejected with. */
  readonly thrown: unknown
  readonly events: readonly HookEvent[]
  readonly sequence: readonly string[]
  /** What was reported to the user, a line each. */
  readonly reports: readonly string[]
  /** As hooks were told of them at their ends. */
  readonly samples: readonly EvalSample[]
  readonly logDir: string
}

export const question = { id: 1, input: 'What is 2+2?', target: '4' }

/** A task of one sample that a mock model answers, but for what the test is about. */
export function aTask(options: Partial<TaskOptions> = {}): ReturnType<typeof task> {
  return task({
    name: 'arithmetic',
    dataset: [question],
    solver: generate(),
    scorer: match(),
    model: quickModel(),
    ...options,
  })
}

const newFolder = temporaryFolders()

/** Runs tasks and tells what hooks and the user were told. */
export async function run(
  tasks: Parameters<typeof evaluate>[0],
  options: EvaluateOptions & { readonly set?: boolean } = {},
  host: HostOptions = {},
): Promise<Seen> {
  const { logDir = newFolder(), set = false, ...rest } = options
  const reports: string[] = []
  const hosted: HostOptions = { banner: () => {}, report: (line) => void reports.push(line), ...host }
  takeFired()
  let logs: readonly LoggedEval[] = []
  let thrown: unknown
  try {
    if (set) logs = (await evalSet(tasks, { ...rest, logDir, retryAttempts: 0 }, hosted)).logs
    else logs = await evaluate(tasks, { ...rest, logDir }, hosted)
  } catch (error) {
    thrown = error
  }
  const events = takeFired()
  const samples = dataOf(events, 'onSampleEnd').map(({ sample }) => sample)
  return { logs, thrown, events, sequence: sequence(events), reports, samples, logDir }
}

/** The data of all events of one kind. */
export function dataOf<N extends HookName>(events: readonly HookEvent[], name: N): HookData<N>[] {
  return events.flatMap(({ hook, data }) => (hook === name ? [data as HookData<N>] : []))
}

type Methods = { readonly [N in keyof Hooks]?: Hooks[N] | undefined }

let count = 0
const left: string[] = []

/**
 * Registers hooks for the rest of a test, or until what it gives is called; the process forgets none, so they are replaced
 * by hooks that do nothing.
 */
export function withHooks(methods: Methods): () => void {
  const name = left.pop() ?? `test ${(count += 1)}`
  class Test extends Hooks {}
  for (const [method, value] of Object.entries(methods)) Object.defineProperty(Test.prototype, method, { value })
  hooks(name, 'Of a test')(Test)
  let isOver = false
  const remove = (): void => {
    if (isOver) return
    isOver = true
    class Nothing extends Hooks {}
    hooks(name, 'Of no test')(Nothing)
    left.push(name)
  }
  onTestFinished(remove)
  return remove
}

afterEach(() => void takeFired())
