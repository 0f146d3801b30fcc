import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getModel, LimitExceededError, type EvalSample, type KeyedModel, type ModelEvent } from '../../src/index.ts'
import { KeyedApi } from '../../src/runner/model/keyed-api.ts'
import { stringify } from '../../src/inspect/json.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { say, startOpenAiServer, wrongKey, type OpenAiServer } from './openai-server.ts'
import { aTask, dataOf, question, run, withHooks, type Seen } from './run.ts'

const variable = 'LAB_API_KEY'
const arn = 'arn:aws:secretsmanager:eu-west-1:1:secret:lab-canary-arn'

beforeEach(() => {
  process.env[variable] = arn
})
afterEach(() => {
  delete process.env[variable]
})

/** The model of a key, as a user gives it. */
function keyed({ url }: OpenAiServer): KeyedModel {
  return {
    apiKey: variable,
    create: (apiKey) => createOpenAICompatible({ name: 'lab', baseURL: url, apiKey }).chatModel('small'),
  }
}

/** The same, without the seconds between two attempts. */
async function impatient(model: KeyedModel, report?: (line: string) => void): Promise<KeyedApi> {
  return Object.assign(await KeyedApi.open(model, { report }), { retryWaitMs: () => 1 })
}

/** A hook that gives one key after the other, the last one again and again. */
function giveKeys(...keys: readonly string[]): { env_var_name: string; value: string }[] {
  const asked: { env_var_name: string; value: string }[] = []
  withHooks({
    overrideApiKey(data) {
      asked.push({ ...data })
      return keys[Math.min(asked.length, keys.length) - 1]
    },
  })
  return asked
}

/** A server that knows these keys alone, and shows the others again. */
function serverOf(...known: readonly string[]): Promise<OpenAiServer> {
  return startOpenAiServer(({ headers }) => {
    const key = String(headers.authorization).replace('Bearer ', '')
    return known.includes(key) ? say('4') : wrongKey(key)
  })
}

const keysSent = ({ requests }: OpenAiServer): string[] =>
  requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

describe('the key of a model', () => {
  it('that a hook gives in place of an ARN is what calls are made with', async () => {
    await using server = await serverOf('resolved-key')
    const asked = giveKeys('resolved-key')
    const { logs, sequence } = await run(aTask({ model: keyed(server) }))
    expect(logs[0]!.status).toBe('success')
    expect(asked).toEqual([{ env_var_name: variable, value: arn }])
    expect(keysSent(server)).toEqual(['resolved-key'])
    expect(sequence).not.toContain('ModelRetry 1')
    expect(process.env[variable]).toBe(arn)
  })

  it('is that of the variable where no hook has another', async () => {
    await using server = await serverOf(arn)
    expect((await run(aTask({ model: keyed(server) }))).logs[0]!.status).toBe('success')
    expect(keysSent(server)).toEqual([arn])
  })

  it('is asked for once, however many tasks, samples and getModel calls there are', async () => {
    await using server = await serverOf('resolved-key')
    const asked = giveKeys('resolved-key')
    const model = keyed(server)
    const tasks = ['one', 'two'].map((name) =>
      aTask({
        name,
        model,
        dataset: [question, { ...question, id: 2 }],
        solver: async (state) => {
          state.output = await (await getModel(model)).generate('2+2?')
          return state
        },
      }),
    )
    await run(tasks)
    expect([asked.length, server.requests.length]).toEqual([1, 4])
  })

  // tests/model/test_token_refresh.py of Inspect
  it('that is refused twice is asked for twice more: 3 calls, 3 questions, the last key stays', async () => {
    await using server = await serverOf('token-3')
    const asked = giveKeys('token-1', 'token-2', 'token-3')
    const model = await impatient(keyed(server))
    const { logs, sequence, events } = await run(aTask({ model }))
    expect(logs[0]!.status).toBe('success')
    expect(keysSent(server)).toEqual(['token-1', 'token-2', 'token-3'])
    expect(asked).toHaveLength(3)
    expect(model.keyNumber).toBe(3)
    expect(sequence.filter((name) => name.startsWith('Model') || name.startsWith('Before'))).toEqual([
      'BeforeModelGenerate',
      'ModelRetry 1',
      'BeforeModelGenerate',
      'ModelRetry 2',
      'BeforeModelGenerate',
      'ModelUsage',
    ])
    expect(dataOf(events, 'onModelRetry')[0]).toMatchObject({ exception_type: 'APICallError', status_code: 401 })
  })

  it('is asked for once by calls that are refused at the same time', async () => {
    await using server = await serverOf('token-2')
    const asked = giveKeys('token-1', 'token-2')
    const dataset = Array.from({ length: 5 }, (_, index) => ({ ...question, id: index }))
    const { logs } = await run(aTask({ model: await impatient(keyed(server)), dataset }))
    expect(logs[0]!.results).toMatchObject({ total_samples: 5, completed_samples: 5 })
    expect(asked).toHaveLength(2)
    expect(keysSent(server).filter((key) => key === 'token-1')).toHaveLength(5)
  })

  it('may be the answer of a secret manager, at the start and when it was refused', async () => {
    await using server = await serverOf('token-2')
    const asked: string[] = []
    withHooks({
      async overrideApiKey({ value }) {
        asked.push(value)
        return await sleep(50, `token-${asked.length}`)
      },
    })
    const dataset = Array.from({ length: 5 }, (_, index) => ({ ...question, id: index }))
    const { logs } = await run(aTask({ model: await impatient(keyed(server)), dataset }))
    expect(logs[0]!.results).toMatchObject({ total_samples: 5, completed_samples: 5 })
    expect(asked).toEqual([arn, arn])
    expect(keysSent(server)).toEqual([...Array<string>(5).fill('token-1'), ...Array<string>(5).fill('token-2')])
  })

  it('that nobody comes back with keeps a sample no longer than its limit', async () => {
    await using server = await serverOf('token-2')
    let questions = 0
    withHooks({
      overrideApiKey() {
        questions += 1
        return questions === 1 ? 'token-1' : new Promise<string>(() => {})
      },
    })
    const { samples, logs } = await run(aTask({ model: await impatient(keyed(server)), timeLimit: 0.3 }))
    expect([logs[0]!.status, samples[0]!.limit?.type, questions]).toEqual(['success', 'time', 2])
  })

  it('that is refused again and again is told of once, without the key', async () => {
    await using server = await serverOf()
    giveKeys('token-of-a-hook-1', 'token-of-a-hook-2')
    const lines: string[] = []
    const model = await impatient(keyed(server), (line) => void lines.push(line))
    await run(aTask({ model, config: { maxRetries: 5 } }))
    expect(server.requests).toHaveLength(6)
    expect(lines).toEqual([
      'lab/small: 3 keys in a row were refused, though hooks were asked for each; calls go on until maxRetries or ' +
        'timeout end them. Check LAB_API_KEY, and the hooks with overrideApiKey',
    ])
  })

  it('that is refused now and then is not told of', async () => {
    let requests = 0
    await using server = await startOpenAiServer(() => ((requests += 1) % 2 === 1 ? wrongKey('') : say('4')))
    giveKeys('token')
    const lines: string[] = []
    const model = await impatient(keyed(server), (line) => void lines.push(line))
    const { logs } = await run(aTask({ model, epochs: 4 }), { maxSamples: 1 })
    expect([logs[0]!.status, requests, lines]).toEqual(['success', 8, []])
  })

  it('that is refused is not tried again without a hook that overrides keys', async () => {
    await using server = await serverOf()
    const { sequence, samples } = await run(aTask({ model: keyed(server) }))
    expect(server.requests).toHaveLength(1)
    expect(sequence).not.toContain('ModelRetry 1')
    expect(samples[0]!.error?.message).toBe("AI_APICallError('Incorrect API key provided: [masked].')")
  })

  it('is tried as often as maxRetries says, even where each new key is refused', async () => {
    await using server = await serverOf()
    const asked = giveKeys('token-1', 'token-2', 'token-3', 'token-4')
    const { samples } = await run(aTask({ model: await impatient(keyed(server)), config: { maxRetries: 2 } }))
    expect([server.requests.length, asked.length]).toEqual([3, 3])
    expect(samples[0]!.error?.message).toContain('APICallError')
  })

  it('is not asked for again after a limit that a hook raises on the retry', async () => {
    await using server = await serverOf()
    const asked = giveKeys('token-1', 'token-2')
    withHooks({
      onModelRetry() {
        throw new LimitExceededError('custom')
      },
    })
    const { samples } = await run(aTask({ model: await impatient(keyed(server)) }))
    expect([samples[0]!.limit?.type, asked.length]).toEqual(['custom', 1])
  })

  it('that is missing is an error that names the variable', async () => {
    await using server = await serverOf()
    delete process.env[variable]
    const { thrown } = await run(aTask({ model: keyed(server) }))
    expect(thrown).toMatchObject({ code: 'BAD_OPTION', message: 'the model needs a key: set LAB_API_KEY' })
  })

  it('that is missing may come from a hook', async () => {
    await using server = await serverOf('from-a-vault')
    delete process.env[variable]
    const asked = giveKeys('from-a-vault')
    expect((await run(aTask({ model: keyed(server) }))).logs[0]!.status).toBe('success')
    expect(asked).toEqual([{ env_var_name: variable, value: '' }])
  })
})

describe('a key', () => {
  const canaries = ['canary-key-one', 'canary-key-two']

  /** All that is left of a run, in one text. */
  async function traces({ events, logDir, reports, thrown }: Seen, printed: readonly unknown[]): Promise<string> {
    const env = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' }
    const mapping = new Mapping(telemetrySettings(env))
    const items = events.flatMap((event) => mapping.map(event).items)
    const files = await Promise.all((await readdir(logDir)).map((name) => readFile(join(logDir, name), 'utf8')))
    const failure = thrown instanceof Error ? [thrown.message, thrown.stack, stringify(thrown)] : []
    return stringify([events, items, files, reports, failure, printed])
  }

  function expectHidden(text: string): void {
    for (const key of [...canaries, arn]) expect(text).not.toContain(key)
  }

  it('reaches no log, event, span, report or error, even where the server shows it again', async () => {
    await using server = await serverOf()
    giveKeys(...canaries)
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const caught: unknown[] = []
    const seen = await run(
      aTask({
        model: await impatient(keyed(server)),
        config: { maxRetries: 1 },
        solver: async (state, generate) => {
          try {
            return await generate(state)
          } catch (error) {
            caught.push({ ...(error as object), text: String(error), stack: (error as Error).stack })
            throw new Error('the solver gave up', { cause: error })
          }
        },
      }),
    )
    expect(keysSent(server)).toEqual(canaries)
    const [first, second] = modelEvents(seen.samples[0]!)
    expect([first!.error, second!.error]).toEqual(
      Array(2).fill("AI_APICallError('Incorrect API key provided: [masked].')"),
    )
    expect(seen.samples[0]!.error?.traceback).toContain('Incorrect API key provided: [masked].')
    expectHidden(await traces(seen, printed.mock.calls))
    expectHidden(stringify(caught))
    printed.mockRestore()
  })

  it('is in no error of what makes the model of it, nor of the hook that is to give another', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    giveKeys(canaries[0]!)
    withHooks({
      overrideApiKey({ value }) {
        throw new Error(`no such secret: ${value}`)
      },
    })
    const create = (key: string): never => {
      throw new TypeError(`not a key: ${key}`)
    }
    const seen = await run(aTask({ model: { apiKey: variable, create } }))
    expect(seen.thrown).toMatchObject({ message: 'not a key: [masked]' })
    expectHidden(await traces(seen, printed.mock.calls))
    printed.mockRestore()
  })

  it('of the hook that fails is not in what is reported of it', async () => {
    await using server = await serverOf(arn)
    withHooks({
      overrideApiKey({ value }) {
        throw new Error(`no such secret: ${value}`)
      },
    })
    const { reports } = await run(aTask({ model: keyed(server) }))
    expect(reports).toEqual([
      expect.stringMatching(/^hook 'test \d+' failed in overrideApiKey: no such secret: \[masked\]$/),
    ])
  })
})

function modelEvents({ events }: EvalSample): ModelEvent[] {
  return events.flatMap((event) => (event.event === 'model' ? [event] : []))
}
