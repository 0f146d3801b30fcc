import { expect, it } from 'vitest'
import {
  call,
  say,
  startOpenAiServer,
  type OpenAiAnswer,
  type OpenAiRequest,
  type OpenAiServer,
} from '../runner/openai-server.ts'
import type { Ended, Variables } from '../faults/child-process.ts'
import { describeWithInspect, pythonCommand } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import { expectAllThere } from './live-faults.ts'

/** Each sample asks once, then goes on as an agent that adds and submits, and is graded. */
const callsOfSample = 4

function answerTo({ body }: OpenAiRequest): OpenAiAnswer {
  const messages = body['messages'] as readonly { readonly role: string; readonly content: unknown }[]
  if (JSON.stringify(messages).includes('[BEGIN DATA]')) return say('GRADE: C')
  if (body['tools'] === undefined) return say('I shall add.')
  if (messages.at(-1)!.role === 'tool') return call({ id: 'c2', name: 'submit', arguments: '{"answer":"2"}' })
  return call({ id: 'c1', name: 'add', arguments: '{"x":1,"y":1}' })
}

/** Under `evalspan run`, at that server. */
async function evaluated(
  scene: InspectScene,
  server: OpenAiServer,
  options: readonly string[],
  more: Variables = {},
): Promise<Ended> {
  const command = ['run', '--', ...pythonCommand('openai_evals.py', scene.logs, ...options)]
  const variables = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key', INSPECT_CACHE_DIR: scene.place('cache') }
  const ended = await scene.evalspan(command, { ...variables, ...more }).ended
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  return ended
}

function traceparents({ requests }: OpenAiServer): (string | undefined)[] {
  return requests.map(({ headers }) => headers['traceparent'] as string | undefined)
}

const propagating = { EVALSPAN_PROPAGATE: '1' }

describeWithInspect('traceparent in model calls of Inspect', { concurrent: true }, () => {
  it.each([
    ['', [], {}],
    ['of a second attempt', ['--fails', '1'], {}],
    ['in the trace of the run', ['--fails', '1'], { EVALSPAN_TRACE_SHAPE: 'run' }],
  ] as const)('names the span in which the call is, as it was delivered %s', async (_, options, more) => {
    await using server = await startOpenAiServer(answerTo)
    await using scene = await InspectScene.open()
    await evaluated(scene, server, options, { ...propagating, ...more })
    const parents = traceparents(server).map((header) => /^00-(\w{32})-(\w{16})-01$/.exec(header!)!.slice(1).join('/'))
    expect(parents.length).toBe(2 * (callsOfSample + (options.length > 0 ? 1 : 0)))
    const chats = scene.arrivals.named('chat')
    const parentOf = chats.map(
      ({ key, content }) => `${key.split('/')[0]}/${(content as { parentSpanId: string }).parentSpanId}`,
    )
    expect(parents.toSorted()).toEqual(parentOf.toSorted())
    expect(parents.filter((key) => !scene.arrivals.keys.includes(key))).toEqual([])
    const traces = new Set(parents.map((key) => key.split('/')[0]))
    expect(traces.size).toBe('EVALSPAN_TRACE_SHAPE' in more ? 1 : 2)
  })

  it('is not there unless it is asked for', async () => {
    await using server = await startOpenAiServer(answerTo)
    await using scene = await InspectScene.open()
    await evaluated(scene, server, [])
    expect(traceparents(server)).toEqual(Array.from({ length: 2 * callsOfSample }, () => undefined))
    await expectAllThere(scene)
  })

  it('is the one of the calls themselves where they have one', async () => {
    await using server = await startOpenAiServer(answerTo)
    await using scene = await InspectScene.open()
    const theirs = `00-${'4'.repeat(32)}-${'7'.repeat(16)}-01`
    await evaluated(scene, server, ['--traceparent', theirs], propagating)
    expect(traceparents(server)).toEqual(Array.from({ length: 2 * callsOfSample }, () => theirs))
    await expectAllThere(scene)
  })

  it('is not there where answers are cached, whose hits stay hits', async () => {
    await using server = await startOpenAiServer(answerTo)
    await using scene = await InspectScene.open()
    await evaluated(scene, server, ['--cache'], propagating)
    const { length } = server.requests
    expect(traceparents(server)).toEqual(Array.from({ length }, () => undefined))
    await evaluated(scene, server, ['--cache'], propagating)
    expect(server.requests.length).toBe(length)
    await expectAllThere(scene)
  })
})
