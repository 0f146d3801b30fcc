/** What the fuzzer found (`npm run fuzz`): transcripts that no run makes, and values that no attribute takes. */
import { describe, expect, it } from 'vitest'
import type { Item } from '../../src/delivery/item.ts'
import type { EvalSample, Event } from '../../src/inspect/records.ts'
import { spanError } from '../../src/telemetry/errors.ts'
import { attributesOf } from '../../src/telemetry/mapped.ts'
import { processorSeconds } from '../processor-seconds.ts'
import { spansOf } from './render.ts'
import { at, begin, end, model, play, sampleOf, solving, tool } from './stream.ts'

const everything = {
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT',
  OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: 'logs/dup',
}

function nested(depth: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}

/** Names of spans and how many there are of each. */
function namesOf(sample: EvalSample): { [name: string]: number } {
  const counts: { [name: string]: number } = {}
  let items: Item[] = []
  // What takes a step for each pair of thousands of events takes far longer.
  expect(processorSeconds(() => (items = play(sample, { env: everything })))).toBeLessThan(8)
  for (const { name } of spansOf(items)) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

describe('attributes', () => {
  it('are what backends take, whatever a damaged log has in their place', () => {
    const values = {
      text: 'x',
      list: ['a', 'b'],
      none: [],
      object: { a: 1 },
      deep: nested(50_000),
      mixed: ['a', 1],
      holes: [1, null],
      infinite: Number.POSITIVE_INFINITY,
    }
    expect(attributesOf(values as never)).toEqual({ text: 'x', list: ['a', 'b'], none: [] })
  })
})

describe('a transcript', () => {
  it('may have spans within spans to any depth', () => {
    const count = 20_000
    const spans = Array.from({ length: count }, (_, index) =>
      begin(`s${index}`, 'deep', 'tool', 2, index === 0 ? 'solver' : `s${index - 1}`),
    )
    const call = model('m', 2, 4, { span_id: `s${count - 1}` })
    for (const order of [spans, spans.toReversed()]) {
      expect(namesOf(sampleOf(solving([...order, call])))).toMatchObject({
        'execute_tool deep': count,
        'chat gpt-9': 1,
      })
    }
  }, 60_000)

  it('may have spans that are within each other', () => {
    const spans = [
      begin('a', 'a', 'solver', 2, 'b'),
      begin('b', 'b', 'solver', 2, 'a'),
      begin('c', 'c', 'solver', 2, 'c'),
    ]
    const items = spansOf(play(sampleOf(solving([...spans, end('a', 3), end('b', 3), end('c', 3)]))))
    const parents = new Map(items.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]))
    for (const { spanId } of items) {
      const seen = new Set<string>()
      for (let id: string | undefined = spanId; id !== undefined; id = parents.get(id)) {
        expect(seen.has(id)).toBe(false)
        seen.add(id)
      }
    }
  })

  it('may have thousands of calls that failed', () => {
    const count = 5000
    const failed = Array.from({ length: count }, (_, index) =>
      model(`m${index}`, 2 + index / 1000, undefined, { error: 'RateLimit(429)', output: undefined }),
    )
    expect(namesOf(sampleOf(solving([...failed, model('last', 2, 8)])))).toMatchObject({ 'chat gpt-9': count + 1 })
  }, 60_000)

  it('may have thousands of calls, one beside the other, of which some failed', () => {
    const count = 3000
    const calls = Array.from({ length: count }, (_, index) => [
      model(`a${index}`, 2, 8),
      model(`f${index}`, 3, undefined, { error: 'RateLimit(429)', output: undefined }),
      model(`o${index}`, 3, undefined),
    ])
    expect(namesOf(sampleOf(solving(calls.flat())))).toMatchObject({ 'chat gpt-9': 3 * count })
  }, 60_000)

  it('may have thousands of tools at work at once, told in any order', () => {
    const count = 3000
    const ids = Array.from({ length: count }, (_, index) => `t${index}`)
    const begins = ids.map((id) => begin(id, 'f', 'tool', 2, 'solver'))
    const ends = ids.map((id) => end(id, 3))
    const calls: Event[] = ids.map((id) => tool(`e${id}`, 'f', 2, 3))
    expect(namesOf(sampleOf(solving([...begins, ...ends, ...calls])))).toMatchObject({ 'execute_tool f': count })
    expect(namesOf(sampleOf(solving([...calls, ...ends, ...begins])))).toMatchObject({ 'execute_tool f': count })
  }, 60_000)
})

describe('a score', () => {
  it('may have a value that is nested deeper than can be written', () => {
    const deep = { value: { part: nested(50_000) }, explanation: nested(50_000) }
    const score = { event: 'score', timestamp: at(5), score: deep, scorer: 'match' } as unknown as Event
    const sample = sampleOf(solving([score]), { scores: { match: deep } as never })
    expect(namesOf(sample)['eval_sample sums']).toBe(1)
  })
})

describe('a call', () => {
  it('may have messages that are nested deeper than can be written', () => {
    const input = [{ role: 'tool', content: 'x', tool_call_id: nested(50_000), tool_calls: [] }]
    const failed = model('m1', 2, undefined, { input, error: 'RateLimit(429)', output: undefined })
    expect(namesOf(sampleOf(solving([failed, model('m2', 2, 5, { input })])))['chat gpt-9']).toBe(2)
  })
})

it('names an error whose message is no text', () => {
  expect(() => spanError({ message: [] as never }, {})).toThrow('the message of an error is no text')
})
