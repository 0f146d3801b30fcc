import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import eventLog from '../../exporters/event-log.ts'
import { openRecords } from '../../src/cli/record-file.ts'
import type { Item } from '../../src/delivery/item.ts'
import type { HookEvent } from '../../src/hooks/hooks.ts'
import { Masker } from '../../src/masking/masker.ts'
import { draftOf } from '../../src/telemetry/mapped.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { memoryOutput } from '../cli/memory-context.ts'
import { canariesIn, canaryOf, changed, isContent, isStructure } from './changed-events.ts'
import { completeEvents } from './complete-events.ts'

/** Settings that change what leaves, without those of content. */
const environments = [
  {},
  { OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental' },
  { OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs/dup' },
  { EVALSPAN_TRACE_SHAPE: 'run' },
  { OTEL_TRACES_SAMPLER: 'always_off' },
]
const content = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' }

/** All that leaves the mapping, as text: items with bodies, ids, measurements and subjects, drafts, open spans. */
function mapped(events: readonly HookEvent[], env: NodeJS.ProcessEnv, masker?: Masker): string {
  const all = new Mapping(telemetrySettings(env, masker))
  const items: Item[] = []
  const texts: string[] = []
  for (const event of events) {
    const { items: finished, open } = all.map(event)
    items.push(...finished)
    texts.push(JSON.stringify([open, open.map(draftOf)]))
  }
  // A run that breaks off: what was begun is closed.
  const broken = new Mapping(telemetrySettings(env, masker))
  for (const event of events.slice(0, -6)) broken.map(event)
  items.push(...broken.seal([0, 0]).items)
  return texts.join('\n') + JSON.stringify(items)
}

describe('content', () => {
  const canaries = changed(completeEvents, (text, path) => (isContent(path) ? `${text} ${canaryOf(path)}` : text))

  it.each(environments)('of no field is in an item, a draft or a measurement while it is off (%o)', (env) => {
    expect(canariesIn(mapped(canaries, env))).toEqual([])
  })

  it('is where it belongs when it is on', () => {
    const places = canariesIn(mapped(canaries, content)).map((place) => place.replace(/\d+/g, 'N'))
    expect([...new Set(places)]).toMatchInlineSnapshot(`
      [
        "canary(events.N.config.stop_seqs.N)",
        "canary(events.N.input.N.content)",
        "canary(events.N.input.N.tool_calls.N.arguments.a key of words)",
        "canary(events.N.input.N.tool_calls.N.arguments.deep.N.more)",
        "canary(events.N.input.N.tool_calls.N.arguments.words)",
        "canary(events.N.input.N.tool_calls.N.function)",
        "canary(events.N.input.N.tool_calls.N.id)",
        "canary(events.N.input.N.content.N.text)",
        "canary(events.N.input.N.content.N.reasoning)",
        "canary(events.N.input.N.tool_call_id)",
        "canary(events.N.output.choices.N.message.content.N.text)",
        "canary(events.N.output.choices.N.message.content.N.reasoning)",
        "canary(events.N.output.choices.N.message.tool_calls.N.arguments.a key of words)",
        "canary(events.N.output.choices.N.message.tool_calls.N.arguments.deep.N.more)",
        "canary(events.N.output.choices.N.message.tool_calls.N.arguments.words)",
        "canary(events.N.output.choices.N.message.tool_calls.N.function)",
        "canary(events.N.output.choices.N.message.tool_calls.N.id)",
        "canary(events.N.tools.N.description)",
        "canary(events.N.tools.N.name)",
        "canary(events.N.tools.N.parameters.a key of words)",
        "canary(events.N.tools.N.parameters.deep.N.more)",
        "canary(events.N.tools.N.parameters.words)",
        "canary(events.N.edit.explanation)",
        "canary(events.N.edit.value)",
        "canary(events.N.traceback)",
        "canary(events.N.arguments.a key of words)",
        "canary(events.N.arguments.deep.N.more)",
        "canary(events.N.arguments.words)",
        "canary(events.N.result.a key of words)",
        "canary(events.N.result.deep.N.more)",
        "canary(events.N.result.words)",
        "canary(events.N.score.explanation)",
        "canary(events.N.score.value)",
        "canary(events.N.error.traceback)",
        "canary(onSampleEnd.sample.input.N.content)",
        "canary(onSampleEnd.sample.input.N.function)",
        "canary(onSampleEnd.sample.input.N.id)",
        "canary(onSampleEnd.sample.input.N.source)",
        "canary(onSampleEnd.sample.input.N.tool_call_id)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.arguments.a key of words)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.arguments.deep.N.more)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.arguments.words)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.function)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.id)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.parse_error)",
        "canary(onSampleEnd.sample.input.N.tool_calls.N.type)",
        "canary(onSampleEnd.sample.input.N.content.N.text)",
        "canary(onSampleEnd.sample.input.N.content.N.reasoning)",
        "canary(onSampleEnd.sample.input.N.content.N.image)",
        "canary(onSampleEnd.sample.output.completion)",
        "canary(onSampleEnd.sample.scores.dictionary.explanation)",
        "canary(onSampleEnd.sample.scores.dictionary.value.part)",
        "canary(onSampleEnd.sample.scores.judge.history.N.explanation)",
        "canary(onSampleEnd.sample.scores.judge.history.N.value)",
        "canary(onSampleEnd.sample.target.N)",
        "canary(onTaskEnd.log.eval.task_args.a key of words)",
        "canary(onTaskEnd.log.eval.task_args.deep.N.more)",
        "canary(onTaskEnd.log.eval.task_args.words)",
        "canary(onTaskStart.spec.task_args.a key of words)",
        "canary(onTaskStart.spec.task_args.deep.N.more)",
        "canary(onTaskStart.spec.task_args.words)",
      ]
    `)
  })
})

describe('secrets', () => {
  const word = 'correct-horse-battery'
  const key = 'tvly-AbCdEfGhIjKlMnOpQrStUvWxYz'
  const password = 'staple-in-url'
  const field = 'opaque-of-a-field'
  const header = 'opaque-of-a-header'
  const secrets = [word, Buffer.from(word).toString('base64').slice(0, 20), key, password, field, header, '"opaque"']
  const suffix =
    ` ${word} ${Buffer.from(`user:${word}`).toString('base64')} ${key} https://me:${password}@example.com/x` +
    ` {"api_key": "${field}"} curl -H "Authorization: Bearer ${header}"`
  const masker = new Masker({ env: { SOME_TOKEN: word } })
  const left = (text: string): string[] =>
    secrets.filter((secret) => text.includes(secret) || text.includes(secret.replaceAll('"', '\\"')))
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evalspan-canaries-'))
    process.env['EVALSPAN_EVENT_LOG'] = join(folder, 'events.jsonl')
  })
  afterEach(() => {
    delete process.env['EVALSPAN_EVENT_LOG']
    rmSync(folder, { recursive: true })
  })

  /** The event log of a live run, and the records of a replay. */
  async function recorded(events: readonly HookEvent[]): Promise<string> {
    const output = { ...memoryOutput(), interactive: false, color: false, columns: 80 }
    const mask = <T>(value: T): T => masker.data(value)
    const links = () => Promise.resolve([])
    const { hooks } = await eventLog.open({ output, report: (message) => expect.fail(message), mask, links })
    const instance = new hooks!()
    const stdout = memoryOutput()
    const records = await openRecords('-', { inputs: [], report: () => {}, stdout, mask })
    for (const event of events) {
      await instance[event.hook](event.data as never, event.meta)
      await records.write(event)
    }
    const log = readFileSync(process.env['EVALSPAN_EVENT_LOG']!, 'utf8')
    expect(log).toBe(stdout.text)
    return log
  }

  it.each([...environments, content, { ...content, EVALSPAN_TRACE_SHAPE: 'run' }])(
    'in all fields of all events are in nothing that leaves (%o)',
    (env) => {
      const events = changed(completeEvents, (text, path) => (isStructure(path) ? text : text + suffix))
      expect(left(mapped(events, env))).not.toEqual([])
      expect(left(mapped(events, env, masker))).toEqual([])
    },
  )

  it('in all fields of all events are in no record of them, which keeps their content', async () => {
    const events = changed(completeEvents, (text, path) => (isStructure(path) ? text : text + suffix))
    const log = await recorded(events)
    expect(left(log)).toEqual([])
    expect(log).toContain('a question [masked]')
    expect(
      log
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { hook: string }).hook),
    ).toHaveLength(events.length)
  })

  it('in a time or a kind of an event are in nothing that leaves, whatever becomes of the event', async () => {
    const places = new Set<string>()
    changed(completeEvents, (text, path) => {
      if (isStructure(path)) places.add(path)
      return text
    })
    const leaking = [...places].filter((place) => {
      const events = changed(completeEvents, (text, path) => (path === place ? text + suffix : text))
      return left(mapped(events, content, masker)).length > 0
    })
    expect(leaking).toEqual([])
    expect(places.size).toBeGreaterThan(50)
    expect(left(await recorded(changed(completeEvents, (text) => text + suffix)))).toEqual([])
  })

  it('that a limit of length cuts in two are masked before', () => {
    for (const length of [100, 1_000, 32_768]) {
      for (let before = 1; before < word.length; before += 6) {
        const long = `${'x '.repeat(length).slice(0, length - before)}${word} ${'y '.repeat(length)}`
        const events = changed(completeEvents, (text, path) =>
          /error\.message|^events\.\d+\.error$|explanation|score\.value|judge\.value|metadata\.words|input$|content$|completion/.test(
            path,
          )
            ? long
            : text,
        )
        expect(mapped(events, content, masker)).not.toContain(word.slice(0, 6))
      }
    }
  })
})
