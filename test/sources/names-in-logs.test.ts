import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { replay } from '../../src/sources/replay.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { header, sample } from '../inspect/log-text.ts'
import { temporaryFile } from '../inspect/temporary-file.ts'

const prototypes = [Object.prototype, Array.prototype, Function.prototype, Object, Array]
const propertiesOf = (holder: object): string[] => Object.getOwnPropertyNames(holder).toSorted()

let before: string[][]
beforeEach(() => void (before = prototypes.map(propertiesOf)))
afterEach(() => {
  for (const [index, holder] of prototypes.entries()) {
    for (const name of propertiesOf(holder)) if (!before[index]!.includes(name)) Reflect.deleteProperty(holder, name)
  }
})

describe.each(['__proto__', 'constructor', 'toString'])('a log in which all has the name %s', (name) => {
  it.each(['0.3.20', '0.3.285'])(
    'of release %s is replayed and changes nothing of JavaScript itself',
    async (release) => {
      const { events, problems } = await replayed(logText(release).replaceAll('NAME', name))
      expect(prototypes.map(propertiesOf)).toStrictEqual(before)
      expect(problems).toStrictEqual([])
      const ends = events.flatMap(({ hook, data }) => (hook === 'onSampleEnd' ? [data.sample] : []))
      expect(ends).toHaveLength(1)
      const { model_usage, scores, events: own } = ends[0]!
      expect(Object.entries(model_usage!)).toMatchObject([
        [name, { input_tokens: 2, output_tokens: 3, total_tokens: 5 }],
      ])
      expect(Object.entries(scores!)).toMatchObject([[name, { value: 'C' }]])
      const calls = own.flatMap((event) => (event.event === 'model' ? [Object.entries(event.call!.request)] : []))
      expect(calls).toStrictEqual([[[name, [{ content: 'asked' }]]]])
    },
  )
})

async function replayed(text: string): Promise<{ events: HookEvent[]; problems: string[] }> {
  const problems: string[] = []
  const mapping = new Mapping(telemetrySettings({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY' }))
  const events: HookEvent[] = []
  for await (const event of replay([temporaryFile('log.json', text)], {
    onProblem: (error) => problems.push(error.message),
  })) {
    mapping.map(event)
    events.push(event)
  }
  return { events, problems }
}

/** Names are `NAME`. Up to 0.3.41 a sample does not tell what its models used; scores without a name have a placeholder. */
function logText(release: string): string {
  const usage = { input_tokens: 2, output_tokens: 3, total_tokens: 5, NAME: 1 }
  const isOld = release === '0.3.20'
  const [start, end] = ['2026-11-21T09:11:00+00:00', '2026-11-21T09:11:01+00:00']
  const span = { event: 'span_begin', timestamp: start, id: 'solvers', name: 'solvers', span_id: 'solvers' }
  const call = {
    event: 'model',
    timestamp: start,
    completed: end,
    span_id: isOld ? undefined : 'solvers',
    model: 'NAME',
    role: 'NAME',
    input: [],
    tools: [],
    config: { NAME: 1 },
    output: { model: 'NAME', choices: [], usage },
    call: { request: {}, response: {}, call_refs: [[0, 1]], call_key: 'NAME' },
    metadata: { NAME: 'x' },
  }
  const record = sample('a', 1, {
    events: isOld ? [call] : [span, call, { event: 'span_end', timestamp: end, id: 'solvers', span_id: 'solvers' }],
    events_data: { messages: [], calls: [{ content: 'asked' }] },
    model_usage: isOld ? {} : { NAME: usage },
    role_usage: { NAME: usage },
    scores: { '88F74D2C': { value: 'C', metadata: { NAME: 'x' } } },
    metadata: { NAME: { NAME: 'x' } },
    store: { NAME: 'x' },
    attachments: { NAME: 'text' },
  })
  const { eval: spec, ...rest } = header() as { eval: object }
  const scorer = { name: 'NAME', scorer: 'NAME', metrics: { NAME: { name: 'NAME', value: 1 } } }
  return JSON.stringify({
    ...rest,
    eval: {
      ...spec,
      packages: { inspect_ai: release, NAME: release },
      config: { NAME: 1 },
      task_args: { NAME: 1 },
      metadata: { NAME: 1 },
      model: 'NAME',
      scorers: [scorer],
    },
    results: { total_samples: 1, completed_samples: 1, scores: [scorer] },
    stats: { started_at: start, completed_at: end, model_usage: { NAME: usage } },
    samples: [record],
  })
}
