import { ROOT_CONTEXT } from '@opentelemetry/api'
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { sampleTraceId } from '../../src/telemetry/ids.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { named, renderMeasurements, renderTree, spansOf } from './render.ts'
import { begin, end, model, play, sampleOf, solving, tool } from './stream.ts'

describe('settings', () => {
  const events = solving([
    model('m1', 2, 4),
    begin('t1', 'add', 'tool', 5, 'solver'),
    tool('e1', 'add', 5, 6),
    end('t1', 6),
  ])
  const error = { message: "ValueError('wrong')", traceback: 'a secret traceback', traceback_ansi: '' }
  const scores = { judge: { value: 'a secret verdict', explanation: 'a secret reason', answer: 'a secret' } }
  const sample = sampleOf(events, { error, scores, metadata: { note: 'a secret' } })

  it('lets no content out by default', () => {
    expect(JSON.stringify(play(sample))).not.toContain('secret')
  })

  it('puts content on spans and records when asked to', () => {
    const items = play(sample, { env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' } })
    const [chat] = named(items, 'chat gpt-9')
    expect(JSON.parse(String(chat!.attributes['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'a secret question' }] },
    ])
    const [call] = named(items, 'execute_tool add')
    expect(call!.attributes['gen_ai.tool.call.result']).toBe('a secret result')
    const [root] = named(items, 'eval_sample sums')
    expect([root!.attributes['input.value'], root!.attributes['eval.sample.target']]).toEqual([
      'a secret input',
      'a secret target',
    ])
    const records = items.flatMap((item) =>
      item.kind === 'log' ? [item.body.attributes['gen_ai.evaluation.explanation']] : [],
    )
    expect(records).toEqual(['a secret reason'])
  })

  it('keeps spans free of content when only events are to carry it', () => {
    const items = play(sample, { env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'EVENT_ONLY' } })
    expect(JSON.stringify(spansOf(items))).not.toContain('secret')
    expect(JSON.stringify(items)).toContain('a secret reason')
  })

  it('refuses a value that it does not know, and names the variable', () => {
    expect(() => telemetrySettings({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'maybe' })).toThrow(
      'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT is `maybe`; use NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT',
    )
    expect(() => telemetrySettings({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' })).toThrow(
      'OTEL_TRACES_SAMPLER_ARG is `7`; use a number from 0 to 1',
    )
  })

  it('counts all in the metrics, whatever is sampled', () => {
    const off = play(sample, { env: { OTEL_TRACES_SAMPLER: 'always_off' } })
    expect(new Set(off.map((item) => item.kind))).toEqual(new Set(['mark']))
    expect(renderMeasurements(off)).toBe(renderMeasurements(play(sample)))
  })

  it('writes the latest names when asked to, and then none of the others', () => {
    const items = play(sample, { env: { OTEL_SEMCONV_STABILITY_OPT_IN: 'http,gen_ai_latest_experimental' } })
    const instruments = new Set(items.flatMap((item) => item.measurements ?? []).map((each) => each.instrument.name))
    expect([...instruments].filter((name) => name.startsWith('gen_ai')).toSorted()).toMatchInlineSnapshot(`
      [
        "gen_ai.client.inference.duration",
        "gen_ai.client.inference.operation.input_tokens",
        "gen_ai.client.inference.operation.output_tokens",
        "gen_ai.client.inference.usage.input_tokens",
        "gen_ai.client.inference.usage.output_tokens",
        "gen_ai.execute_tool.duration",
      ]
    `)
  })

  it('nests samples under their task when a run is to be one trace', () => {
    const items = play(sample, { env: { EVALSPAN_TRACE_SHAPE: 'run' } })
    expect(new Set(spansOf(items).map((span) => span.traceId)).size).toBe(1)
    expect(renderTree(spansOf(items), { ids: false, times: false })).toMatchInlineSnapshot(`
      "eval_run
        eval_task sums
          eval_sample sums ERROR ValueError: ValueError('wrong')
            · gen_ai.evaluation.result 10000.0 {"gen_ai.evaluation.name":"judge"}
            eval_attempt ERROR ValueError: ValueError('wrong')
              · exception 10000.0 {"exception.type":"ValueError","exception.message":"ValueError('wrong')"}
              solvers
                solver generate
                  chat gpt-9 (client)
                  execute_tool add"
    `)
  })

  it('tells exceptions as log records when asked to', () => {
    const items = play(sample, { env: { OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs' } })
    expect(spansOf(items).flatMap((span) => span.events.map((event) => event.name))).not.toContain('exception')
    const records = items
      .flatMap((item) => (item.kind === 'log' ? [item.body] : []))
      .filter((body) => body.eventName === 'exception')
    expect(records.map(({ severity, attributes }) => [severity, attributes['exception.type']])).toEqual([
      ['warn', 'ValueError'],
    ])
  })
})

describe('sampling', () => {
  it('keeps the traces that the ratio sampler of the SDK keeps', () => {
    const { sampled } = telemetrySettings({
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    })
    const sampler = new TraceIdRatioBasedSampler(0.25)
    const ids = Array.from({ length: 1000 }, (_, index) => sampleTraceId(String(index)))
    const kept = ids.filter(
      (id) => sampler.shouldSample(ROOT_CONTEXT, id).decision === SamplingDecision.RECORD_AND_SAMPLED,
    )
    expect(ids.filter(sampled)).toEqual(kept)
    expect(kept.length).toBeGreaterThan(200)
  })
})
