/**
 * An eval in whose every text keys are, in the forms in which texts come by them. It pauses, for somebody to look, until it is
 * given a signal, and ends by saying where the keys were.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  accuracy,
  evaluate,
  generate,
  hooks,
  Hooks,
  info,
  LimitExceededError,
  mockModel,
  modelOutput,
  scorer,
  solver,
  span,
  task,
  ToolError,
  useTools,
  type KeyedModel,
} from '../../../src/index.ts'

export interface LeakyRun {
  readonly logDir: string
}

/** Of a variable, of a hook, and one that is written otherwise nearly everywhere. */
export const canaries = {
  ofEnvironment: 'zebra-crossing-4711',
  ofHook: 'giraffe-in-the-fog-12',
  odd: 'pass"w\\örd/+&x\'9',
} as const

const places: string[] = []

/** A text with all keys in all forms, that says where it is. */
function leak(place: string): string {
  places.push(place)
  const forms = Object.values(canaries).flatMap((key) => [
    key,
    JSON.stringify({ key }),
    JSON.stringify(JSON.stringify({ key })),
    Buffer.from(`user:${key}`).toString('base64'),
    Buffer.from(key).toString('hex'),
    encodeURIComponent(key),
  ])
  return `${place}: ${forms.join('\n')}`
}

function keyed(): KeyedModel {
  const doGenerate = (): never => {
    throw new Error(leak('model error'))
  }
  const model = { specificationVersion: 'v3', provider: 'lab', modelId: 'small', supportedUrls: {}, doGenerate }
  return { apiKey: 'LAB_OTHER_API_KEY', create: () => model }
}

async function run({ logDir }: LeakyRun): Promise<void> {
  class Renews extends Hooks {
    override overrideApiKey(): string {
      return canaries.ofHook
    }
    override async onSampleScoring(): Promise<void> {
      throw new Error(leak('hook').replace('hook: ', ''))
    }
    override async onSampleAttemptStart(): Promise<void> {
      throw new Error('in a hook')
    }
  }
  places.length = 0
  hooks('renews', 'Gives another key')(Renews)
  process.env['LAB_THIRD_TOKEN'] = canaries.odd

  const tools = {
    tells: {
      description: leak('tool description'),
      inputSchema: { type: 'object', properties: { x: { type: 'string', description: leak('tool schema') } } },
      execute: () => leak('tool result'),
    },
    fails: {
      description: 'Fails',
      inputSchema: { type: 'object' },
      execute: () => {
        throw new ToolError(leak('tool error'))
      },
    },
  }
  const talks = solver('talks', { note: leak('solver parameter') }, async (state) => {
    info({ data: leak('info'), [leak('info name')]: 1 }, leak('info source'))
    state.metadata['kept'] = leak('state metadata')
    state.store[leak('store name')] = leak('store')
    state.messages.push({ role: 'user', content: [{ type: 'text', text: leak('part of a message') }] })
    await span(leak('span'), async () => {})
    console.error('it was %s', 'said')
    return state
  })
  const ends = solver('ends', {}, async (state) => {
    // The buffer is written by now.
    await sleep(500)
    writeSync(1, 'paused\n')
    // The listener alone keeps no process alive.
    const alive = setInterval(() => {}, 1000)
    await once(process, 'SIGUSR2')
    clearInterval(alive)
    if (state.sampleId === 'limit') throw new LimitExceededError('custom', { message: leak('limit') })
    if (state.sampleId === 'error') throw new TypeError(leak('error'), { cause: { note: leak('cause') } })
    return state
  })
  function* answers() {
    for (;;) {
      yield modelOutput.toolCall('tells', { x: leak('argument') })
      yield modelOutput.toolCall('fails', {})
      yield { ...modelOutput.text(leak('completion')), metadata: { note: leak('output metadata') } }
    }
  }
  const leaky = task({
    name: 'leaky',
    dataset: ['fine', 'limit', 'error'].map((id) => ({
      id,
      input: leak('input'),
      target: leak('target'),
      choices: [leak('choice')],
      metadata: { note: leak('sample metadata') },
      description: leak('description'),
    })),
    metadata: { note: leak('task metadata') },
    tags: [leak('tag')],
    solver: [talks, useTools(tools), generate({ cache: true }), ends],
    scorer: scorer('judges', { metrics: [accuracy()], params: { note: leak('scorer parameter') } }, async () => ({
      value: 1,
      explanation: leak('explanation'),
      answer: leak('answer'),
      metadata: { note: leak('score metadata') },
    })),
    sandbox: {
      init() {},
      cleanup() {
        throw new Error(leak('sandbox').replace('sandbox: ', ''))
      },
    },
    cleanup() {
      throw new Error(leak('cleanup').replace('cleanup: ', ''))
    },
    model: mockModel(answers()),
    failOnError: false,
  })
  const asks = task({
    name: 'asks',
    dataset: [{ input: 'x' }],
    model: keyed(),
    config: { maxRetries: 0 },
    failOnError: false,
  })
  await evaluate([asks, leaky], { logDir, maxTasks: 1, maxSamples: 3, logShared: 0.05 })
  await sleep(1)
  const silent = new Set(['hook', 'sandbox', 'cleanup', 'model error'])
  const told = [...new Set(places)].filter((place) => !silent.has(place))
  writeSync(1, `${JSON.stringify(told)}\n`)
}

if (process.argv[1] === import.meta.filename) await run(JSON.parse(process.argv[2]!) as LeakyRun)
