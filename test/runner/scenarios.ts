import {
  generate,
  match,
  mockModel,
  modelError,
  modelOutput,
  systemMessage,
  task,
  useTools,
  type EvaluateOptions,
  type ModelApi,
  type MockOutput,
  type Sample,
  type Solver,
  type Task,
  type TaskOptions,
} from '../../src/index.ts'

/** What is run, made anew for each test. */
export interface Scenario {
  readonly task: Task
  readonly options?: EvaluateOptions
}

const question: Sample = { input: 'What is 2+2?', target: '4' }

/** A mock model whose retries do not wait for seconds. */
export function quickModel(outputs: readonly MockOutput[] = ['4'], delayMs = 0): ModelApi {
  return { ...mockModel(forEver(outputs), { delayMs }), retryWaitMs: (attempt) => attempt }
}

function* forEver<T>(items: readonly T[]): Generator<T> {
  for (;;) yield* items
}

/** A solver that throws so many times before it does nothing. */
export function failing(times: number, message = 'boom'): Solver {
  let left = times
  return function flaky(state) {
    if (left-- > 0) throw new Error(message)
    return state
  }
}

function scenario(options: Partial<TaskOptions> & { readonly name: string }, more: EvaluateOptions = {}): Scenario {
  return { task: task({ dataset: [question], scorer: match(), model: quickModel(), ...options }), options: more }
}

const add = {
  description: 'Adds',
  inputSchema: { type: 'object', properties: { x: { type: 'number' }, y: { type: 'number' } } },
  execute: async ({ x, y }: { x: number; y: number }) => String(x + y),
}

export const scenarios: { readonly [name: string]: () => Scenario } = {
  basic: () => scenario({ name: 'basic', epochs: 2, solver: [systemMessage('Be brief.'), generate()] }),
  model_retries: () => scenario({ name: 'model_retries', model: quickModel([modelError(429), modelError(503), '4']) }),
  model_retries_exhausted: () =>
    scenario({ name: 'exhausted', model: quickModel([modelError(429)]), config: { maxRetries: 1 } }),
  retry_on_error: () => scenario({ name: 'retry_on_error', retryOnError: 2, solver: [generate(), failing(2)] }),
  retry_before_model: () => scenario({ name: 'retry_before_model', retryOnError: 2, solver: [failing(2), generate()] }),
  retry_exhausted: () => scenario({ name: 'retry_exhausted', retryOnError: 1, solver: [generate(), failing(9)] }),
  fail_on_error: () =>
    scenario(
      {
        name: 'fail_on_error',
        dataset: [question, { ...question, id: 'bad' }, question],
        model: quickModel(['4'], 30),
        solver: async (state, call) => {
          if (state.sampleId === 'bad') throw new Error('bad')
          return call(state)
        },
      },
      { maxSamples: 2 },
    ),
  continue_on_fail: () =>
    scenario({ name: 'continue_on_fail', continueOnFail: true, dataset: [question, question], solver: failing(1) }),
  score_on_error: () =>
    scenario({ name: 'score_on_error', failOnError: false, scoreOnError: true, solver: [generate(), failing(9)] }),
  tools: () =>
    scenario({
      name: 'tools',
      model: quickModel([modelOutput.toolCall('add', { x: 1, y: 2 }), modelOutput.toolCall('none'), '3']),
      solver: [useTools({ add }), generate()],
    }),
  limit_time: () => scenario({ name: 'limit_time', timeLimit: 0.1, model: quickModel(['late'], 5000) }),
  limit_token: () => scenario({ name: 'limit_token', tokenLimit: 1 }),
  limit_message: () => scenario({ name: 'limit_message', messageLimit: 1 }),
  limit_working: () => scenario({ name: 'limit_working', workingLimit: 0.1, model: quickModel(['late'], 5000) }),
  sandbox_init_fail: () => scenario({ name: 'sandbox_init_fail', sandbox: { init: thrower(9) } }),
  sandbox_init_retry: () => scenario({ name: 'sandbox_init_retry', retryOnError: 1, sandbox: { init: thrower(1) } }),
  scorer_raises: () =>
    scenario({
      name: 'scorer_raises',
      scorer: { name: 'bad', params: {}, metrics: [], score: () => Promise.reject(new Error('no score')) },
    }),
  cancelled_while_queued: () => {
    const controller = new AbortController()
    return scenario(
      {
        name: 'cancelled_while_queued',
        dataset: [question, { ...question, id: 'slow' }],
        retryOnError: 1,
        model: quickModel(['4'], 20),
        solver: async (state, call) => {
          if (state.sampleId === 'slow') setTimeout(() => controller.abort(), 5)
          await call(state)
          throw new Error('boom')
        },
      },
      { signal: controller.signal, maxSamples: 1 },
    )
  },
  cancelled: () => {
    const controller = new AbortController()
    return scenario(
      {
        name: 'cancelled',
        model: quickModel(['late'], 5000),
        solver: async (state, call) => {
          setTimeout(() => controller.abort(), 20)
          return await call(state)
        },
      },
      { signal: controller.signal },
    )
  },
}

function thrower(times: number): () => void {
  let left = times
  return () => {
    if (left-- > 0) throw new Error('no sandbox')
  }
}
