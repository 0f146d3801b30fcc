import { describe, expect, it } from 'vitest'
import {
  chain,
  evalRetry,
  evaluate,
  evalSet,
  generate,
  hookNames,
  mean,
  mockModel,
  multipleChoice,
  scorer,
  task,
  type TaskOptions,
  type TaskState,
} from '../../src/index.ts'
import { representString } from '../../src/runner/text/python-text.ts'
import { streamProblems } from './hooks/stream-problems.ts'
import { aTask, question, run, withHooks } from './run.ts'
import { failing } from './scenarios.ts'

/** What a program gets that does not know better than its types. */
async function refused(make: () => unknown): Promise<unknown> {
  try {
    await make()
  } catch (error) {
    return { ...(error as object), message: (error as Error).message }
  }
  throw new Error('it was accepted')
}

function withTask(options: object): () => unknown {
  return async () => {
    const { thrown } = await run(task({ name: 'arithmetic', dataset: [question], model: 'mockllm/model', ...options }))
    throw thrown
  }
}

function withOptions(options: object): () => unknown {
  return async () => {
    const { thrown } = await run(aTask(), options)
    throw thrown
  }
}

describe('an error names the place, and says what to do, for', () => {
  it.each<[string, () => unknown, unknown]>([
    ['no name', withTask({ name: undefined }), 'task without a name: name is missing; give it one'],
    [
      'no dataset',
      withTask({ dataset: undefined }),
      'task arithmetic: dataset is missing; give a list of samples, or what jsonDataset() and csvDataset() read',
    ],
    [
      'no solver',
      withTask({ solver: [failing(0), 'generate'] }),
      'task arithmetic: solver[1] is no solver; give a function',
    ],
    ['no setup', withTask({ setup: null }), 'task arithmetic: setup[0] is no solver; give a function'],
    ['no scorer', withTask({ scorer: () => 1 }), 'task arithmetic: scorer[0] is no scorer; make one with scorer()'],
    ['no epochs', withTask({ epochs: 0 }), 'task arithmetic: epochs is 0; give a whole number from 1 on'],
    [
      'odd epochs',
      withTask({ epochs: { epochs: 1.5 } }),
      'task arithmetic: epochs is 1.5; give a whole number from 1 on',
    ],
    [
      'a negative limit',
      withTask({ tokenLimit: -1 }),
      'task arithmetic: tokenLimit: -1 is not a whole number from 0 on',
    ],
    ['a limit in words', withTask({ timeLimit: '5m' }), "task arithmetic: timeLimit: '5m' is not a number from 0 on"],
    [
      'a limit that is no number',
      withTask({ costLimit: NaN }),
      'task arithmetic: costLimit: NaN is not a number from 0 on',
    ],
    [
      'wrong retries',
      withTask({ retryOnError: -1 }),
      'task arithmetic: retryOnError is -1; give a whole number from 0 on',
    ],
    [
      'a wrong share of errors',
      withTask({ failOnError: -0.5 }),
      'task arithmetic: failOnError is -0.5; give true, false, a share below 1 or a number of samples',
    ],
    [
      'no model',
      withTask({ model: undefined }),
      'task arithmetic: no model; give one to evaluate() or to the task, or in INSPECT_EVAL_MODEL',
    ],
    ['a limit of a run', withOptions({ messageLimit: 1.5 }), 'messageLimit: 1.5 is not a whole number from 0 on'],
    ['epochs of a run', withOptions({ epochs: -2 }), 'epochs is -2; give a whole number from 1 on'],
    ['a solver of a run', withOptions({ solver: 'chain' }), 'solver[0] is no solver; give a function'],
    ['retries of a run', withOptions({ retryOnError: 0.5 }), 'retryOnError is 0.5; give a whole number from 0 on'],
    ['no samples at once', withOptions({ maxSamples: 0 }), 'maxSamples is 0; give a whole number from 1 on'],
    ['no tasks at once', withOptions({ maxTasks: NaN }), 'maxTasks is NaN; give a whole number from 1 on'],
    ['no calls at once', withOptions({ maxConnections: -1 }), 'maxConnections is -1; give a whole number from 1 on'],
    [
      'no calls at once in settings',
      withOptions({ config: { maxConnections: 0 } }),
      'config.maxConnections is 0; give a whole number from 1 on',
    ],
    [
      'a reducer that is none',
      withOptions({ epochs: { epochs: 2, reducer: 'average' } }),
      "epochs.reducer: there is no reducer 'average'; take one of mean, median, mode, max, majority, at_least_K, pass_at_K, pass_k_K",
    ],
    [
      'two ways to choose samples',
      withOptions({ limit: 1, sampleId: 1 }),
      'limit and sampleId: give one of them, since each says which samples are run',
    ],
    ['no samples at all', withOptions({ limit: 0 }), 'limit: 0 is neither a number from 1 on nor a range of samples'],
    ['a sample that is not there', withOptions({ sampleId: 'x' }), 'sampleId: no sample is called x; there are 1'],
    [
      'an option that a task does not have',
      withTask({ scorers: [] }),
      'task arithmetic: scorers is no option; did you mean scorer?',
    ],
    [
      'an option of a letter too few',
      withTask({ epoch: 3 }),
      'task arithmetic: epoch is no option; did you mean epochs?',
    ],
    [
      'an option that a run does not have',
      withOptions({ maxSample: 5 }),
      'maxSample is no option; did you mean maxSamples?',
    ],
    ['a setting of models', withOptions({ maxTokens: 5 }), 'maxTokens is no option; write config: { maxTokens }'],
    [
      'an option that is like none',
      withTask({ x: 1 }),
      expect.stringMatching(/^task arithmetic: x is no option; there are name, dataset, .*, workingLimit$/),
    ],
    [
      'an option that a set does not have',
      () => evalSet(aTask(), { logDir: 'none', retryAttempt: 1 } as never),
      'retryAttempt is no option; did you mean retryAttempts?',
    ],
    [
      'a negative number of attempts',
      () => evalSet(aTask(), { logDir: 'none', retryAttempts: -1 }),
      'retryAttempts is -1; give a whole number from 0 on',
    ],
    [
      'a share of errors as a text',
      withTask({ failOnError: '0.5' }),
      "task arithmetic: failOnError is '0.5'; give true, false, a share below 1 or a number of samples",
    ],
    ['tags as a text', withOptions({ tags: 'abc' }), "tags is 'abc'; give a list of texts"],
    ['epochs as a text', withOptions({ epochs: '3' }), "epochs is '3'; give a whole number from 1 on"],
    ['no options', () => evaluate(aTask(), null as never), 'options are null; give an object, or leave them out'],
    ['no task', () => task(null as never), 'task() needs an object with name and dataset'],
    [
      'a file as dataset',
      withTask({ dataset: 'x.jsonl' }),
      "task arithmetic: dataset is a text; read the file with jsonlDataset('x.jsonl')",
    ],
    [
      'a table as dataset',
      withTask({ dataset: 'x.csv' }),
      "task arithmetic: dataset is a text; read the file with csvDataset('x.csv')",
    ],
    [
      'a function as dataset',
      withTask({ dataset: () => [] }),
      'task arithmetic: dataset is a function; call it, and give what it returns',
    ],
    [
      'a dataset that is still to come',
      withTask({ dataset: Promise.resolve([]) }),
      'task arithmetic: dataset is a promise; put await before it',
    ],
    [
      'a dataset without samples',
      withTask({ dataset: { name: 'x' } }),
      'task arithmetic: dataset has no samples; give a list of samples, or what jsonDataset() and csvDataset() read',
    ],
    [
      'a scorer without metrics',
      withTask({ scorer: { name: 'mine', score: () => 1 } }),
      'task arithmetic: scorer[0] has no metrics; make it with scorer()',
    ],
    [
      'a scorer without score',
      withTask({ scorer: { name: 'mine', metrics: [] } }),
      'task arithmetic: scorer[0] has no score; make it with scorer()',
    ],
    [
      'a scorer that is made without metrics',
      () => scorer('mine', { short: [mean()] } as never, () => ({ value: 1 })),
      'scorer mine: give its metrics second: { metrics: [mean()] }',
    ],
    [
      'a scorer that is made without its function',
      () => scorer('mine', { metrics: [mean()] }, undefined as never),
      'scorer mine: give third the function that scores: (state, target) => ({ value })',
    ],
    [
      'a scorer that is made without a name',
      () => scorer({ metrics: [mean()] } as never, {} as never, () => ({ value: 1 })),
      'scorer without a name: give it one first: scorer(name, { metrics }, score)',
    ],
    [
      'a signal that is none',
      withOptions({ signal: 5 }),
      'signal is no AbortSignal; give the signal of an AbortController',
    ],
    [
      'what has the signal',
      withOptions({ signal: new AbortController() }),
      'signal is no AbortSignal; give the signal of an AbortController',
    ],
    [
      'a solver that is still to be called',
      withTask({ solver: generate }),
      'task arithmetic: solver[0] is still to be called: generate()',
    ],
    [
      'another solver that is still to be called',
      withOptions({ solver: [failing(0), multipleChoice] }),
      'solver[1] is still to be called: multipleChoice()',
    ],
    [
      'a setup that is still to be called',
      withTask({ setup: generate }),
      'task arithmetic: setup[0] is still to be called: generate()',
    ],
    ['metadata that is a number', withTask({ metadata: 5 }), 'task arithmetic: metadata is 5; give an object'],
    ['metadata that is a list', withOptions({ metadata: ['a'] }), "metadata is [ 'a' ]; give an object"],
    ['scores as a text', withOptions({ score: 'x' }), "score is 'x'; give true or false"],
    ['a number for true', withOptions({ logSamples: 1 }), 'logSamples is 1; give true or false'],
    [
      'a text for true',
      withTask({ scoreOnError: 'yes' }),
      "task arithmetic: scoreOnError is 'yes'; give true or false",
    ],
    ['a folder that is a number', withOptions({ logDir: 5 }), 'logDir is 5; give a folder'],
    [
      'a log that is a number',
      () => evalRetry(5 as never),
      'log is 5; give the file of a log, or what evaluate() gave',
    ],
    [
      'a log that is nowhere',
      () => evalRetry({} as never),
      'log is {}; give the file of a log, or what evaluate() gave',
    ],
    [
      'answers of a mock model by their name',
      () => mockModel({ outputs: ['4'] } as never),
      'mockModel: give a list of answers first, or a function that answers',
    ],
    [
      'one answer of a mock model',
      () => mockModel('Paris'),
      'mockModel: give a list of answers first, or a function that answers',
    ],
    ['no tasks', () => evaluate([]), 'tasks: there is none'],
    ['what is no task', () => evaluate([aTask(), {} as never]), 'tasks[1] is no task; make it with task()'],
    [
      'a bucket to write logs to',
      withOptions({ logDir: 's3://bucket/logs' }),
      'logDir: s3://bucket/logs: logs are written to folders on the disk; copy them from there',
    ],
    ['a set without a folder', () => evalSet(aTask(), {} as never), 'logDir: an eval set needs a folder of its own'],
  ])('%s', async (_what, make, message) => {
    expect(await refused(make)).toMatchObject({ code: 'BAD_OPTION', message })
  })

  it.each<[string, unknown, string]>([
    ['another object', { modelId: 'gpt' }, 'no model: this is another object. Give a name such as'],
    ['a number', 4, 'no model: this is number. Give a name such as'],
    [
      'a provider',
      () => {},
      'this is a function, perhaps a provider that is still to be called with the name of a model',
    ],
    [
      'an old model',
      { specificationVersion: 'v1', provider: 'x', modelId: 'y', doGenerate() {} },
      "speaks version 'v1'",
    ],
    ['a name without a provider', 'gpt-4o', "'gpt-4o' names no model: write PROVIDER/MODEL, such as openai/gpt-4o"],
  ])('a model that is %s', async (_what, model, message) => {
    expect(await refused(withTask({ model }))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(message),
    })
  })

  it('a model in a role that is none', async () => {
    expect(await refused(withTask({ modelRoles: { grader: 'gpt' } }))).toMatchObject({ code: 'BAD_OPTION' })
  })

  it('a provider whose package is not there', async () => {
    expect(await refused(withTask({ model: 'acme-models/large' }))).toMatchObject({
      code: 'MISSING_PACKAGE',
      message: "the model 'acme-models/large' needs a package that is not installed: npm install @ai-sdk/acme-models",
    })
  })
})

describe('a sample has its error, and its task its log, for', () => {
  async function errorOf(options: Partial<TaskOptions>): Promise<unknown> {
    const { logs, samples, events, thrown } = await run(aTask(options))
    expect([thrown, streamProblems(events), logs[0]!.error?.message]).toEqual([
      undefined,
      [],
      samples[0]!.error?.message,
    ])
    return [logs[0]!.status, samples[0]!.error?.message]
  }

  it('a scorer that throws', async () => {
    const bad = scorer('bad', { metrics: [] }, () => {
      throw new RangeError('out of scores')
    })
    expect(await errorOf({ scorer: bad })).toEqual(['error', "RangeError('out of scores')"])
  })

  it('a scorer that gives no score', async () => {
    const bad = scorer('bad', { metrics: [] }, () => 'C' as never)
    const message = "TypeError('scorer bad gave no score; it has to return { value: … }, or undefined for none')"
    expect(await errorOf({ scorer: bad })).toEqual(['error', message])
  })

  it.each<[string, object, string]>([
    [
      'without a value',
      { value: undefined },
      'value is undefined; give a text, a number, true or false, or a list or an object of them',
    ],
    [
      'with a date',
      { value: { when: new Date(0) } },
      'value is { when: 1970-01-01T00:00:00.000Z }; give a text, a number, true or false, or a list or an object of them',
    ],
    ['with an answer that is a number', { value: 1, answer: 4 }, 'answer is 4; give a text'],
    ['with words for metadata', { value: 1, metadata: 'why' }, "metadata is 'why'; give an object"],
  ])('a scorer that gives a score %s', async (_what, score, words) => {
    const bad = scorer('bad', { metrics: [] }, () => score as never)
    const message = representString(`scorer bad gave a score whose ${words}`)
    expect(await errorOf({ scorer: bad })).toEqual(['error', `TypeError(${message})`])
  })

  it('a solver that leaves what is no message', async () => {
    const solver = function mine(state: TaskState): TaskState {
      state.messages.push({ role: 'user', content: 4 as never })
      return state
    }
    const message =
      "TypeError('after solver mine state.messages[1] has no content; it is a string or a list of parts with a type')"
    expect(await errorOf({ solver })).toEqual(['error', message])
  })

  it('metadata that cannot be copied, which ends the task', async () => {
    const metadata = { call: (() => {}) as never }
    const { logs, events } = await run(aTask({ dataset: [{ ...question, metadata }] }))
    expect([logs[0]!.status, logs[0]!.error?.message, streamProblems(events)]).toEqual([
      'error',
      "EvalspanError('sample 1: its metadata cannot be copied (() => {} could not be cloned.); give plain data')",
      [],
    ])
  })

  it.each([
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a text', '4', 'a value of type string'],
    ['a solver', () => {}, 'a function, perhaps the solver that it makes when it is called'],
    ['a state that is none', { messages: [] }, 'a value of type object'],
  ])('a solver that returns %s', async (_what, value, words) => {
    const solver = function mine(): never {
      return value as never
    }
    const message = `TypeError('solver mine gave ${words}; it has to return the state that comes after it')`
    expect(await errorOf({ solver })).toEqual(['error', message])
  })

  it.each<[string, Partial<TaskOptions>, string]>([
    ['alone', { solver: () => undefined as never }, 'solver[0]'],
    ['among others', { setup: failing(0), solver: [failing(0), () => undefined as never] }, 'solver[1]'],
    ['before them', { setup: [failing(0), () => undefined as never] }, 'setup[1]'],
    ['in a chain', { solver: [failing(0), chain(failing(0), failing(0), () => undefined as never)] }, 'chain[2]'],
  ])('a solver without a name, %s', async (_what, options, place) => {
    const message = `TypeError('${place} gave nothing; it has to return the state that comes after it')`
    expect(await errorOf(options)).toEqual(['error', message])
  })

  it.each([
    ['a text', 'just this', "Error('just this')"],
    ['nothing', undefined, "Error('nothing was thrown')"],
    ['an object', { code: 7 }, "Error('[object Object]')"],
  ])('a solver that throws %s', async (_what, value, message) => {
    const solver = (): never => {
      throw value
    }
    expect(await errorOf({ solver })).toEqual(['error', message])
  })
})

it('a run that cannot listen to its signal has its end, and leaves no listeners', async () => {
  const signal = {
    aborted: false,
    addEventListener() {
      throw new TypeError('no listeners here')
    },
    removeEventListener() {},
  }
  const count = (): readonly number[] => ['SIGINT', 'beforeExit'].map((name) => process.listenerCount(name))
  const before = count()
  const accounts: unknown[] = []
  const { thrown } = await run(
    aTask(),
    { signal: signal as unknown as AbortSignal },
    { onAccount: (account) => accounts.push(account) },
  )
  expect([(thrown as Error).message, accounts.length, count()]).toEqual(['no listeners here', 1, before])
})

it('more tasks at once than there are do no harm', async () => {
  const { logs, thrown } = await run(aTask(), { maxTasks: 1e12 })
  expect([thrown, logs.map(({ status }) => status)]).toEqual([undefined, ['success']])
})

it('a metric that throws fails its task, which has its log and its end', async () => {
  const bad = scorer('bad', { metrics: [{ name: 'worst', params: {}, compute: thrower }] }, () => ({ value: 1 }))
  const { logs, thrown, events, samples } = await run(aTask({ scorer: bad }))
  expect([thrown, streamProblems(events), samples[0]!.error]).toEqual([undefined, [], undefined])
  expect(logs[0]).toMatchObject({ status: 'error', error: { message: "Error('no metric')" } })
})

it('hooks that throw in every method are reported, and change nothing', async () => {
  const without = await run(aTask({ epochs: 2 }), { set: true })
  withHooks({
    ...Object.fromEntries(
      hookNames.map((name) => [
        name,
        () => {
          throw new Error(`no ${name}`)
        },
      ]),
    ),
    overrideApiKey() {
      throw new Error('no key')
    },
  })
  const seen = await run(aTask({ epochs: 2 }), { set: true })
  expect([seen.sequence, seen.logs[0]!.status]).toEqual([without.sequence, 'success'])
  expect(new Set(seen.reports.map((line) => /failed in (\w+): no \1/.exec(line)?.[1]))).toEqual(
    new Set([
      'onEvalSetStart',
      'onRunStart',
      'onTaskStart',
      'onSampleInit',
      'onSampleStart',
      'onSampleAttemptStart',
      'onBeforeModelGenerate',
      'onSampleEvent',
      'onModelUsage',
      'onSampleScoring',
      'onSampleAttemptEnd',
      'onSampleEnd',
      'onTaskEnd',
      'onRunEnd',
      'onEvalSetEnd',
    ]),
  )
})

it('hooks whose enabled() throws are left out, and the run is as it would be', async () => {
  withHooks({
    enabled() {
      throw new Error('not now')
    },
    onRunStart() {
      throw new Error('called')
    },
  })
  const { logs, reports } = await run(aTask())
  expect([logs[0]!.status, reports]).toEqual(['success', [expect.stringMatching(/failed in enabled: not now$/)]])
})

function thrower(): never {
  throw new Error('no metric')
}
