import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { SpanBody } from '../../src/delivery/item.ts'
import { itemsOf, renderItems, spansOf } from './render.ts'

const folder = 'test/fixtures/inspect-versions'
/** But for those whose retried attempts are told in part, as today: `fixtures.test.ts` has such. */
const logs = readdirSync(folder).filter((name) => /^0\.3\.(?!240)\d+.*(?<!expected)\.(?:eval|json)$|-retry$/.test(name))

const hasNoEvents = /^0\.3\.(?:8|20)\./

/** One of each kind. */
const shown = [
  '0.3.20.json',
  '0.3.25-breaks.json',
  '0.3.31-forks.json',
  '0.3.31-tools.json',
  '0.3.43-retry',
  '0.3.58.json',
  '0.3.93-error.eval',
  '0.3.95-error.eval',
  '0.3.199-v3.json',
]

describe('spans of logs of older releases', () => {
  it.each(shown)('%s gives the expected trees', async (name) => {
    await expect(renderItems(await itemsOf([`${folder}/${name}`]))).toMatchFileSnapshot(`trees/versions/${name}.txt`)
  })

  it.each(logs)('%s has no span without its parent, none twice, and all have an end', async (name) => {
    const spans = spansOf(await itemsOf([`${folder}/${name}`]))
    const ids = new Set(spans.map((span) => `${span.traceId} ${span.spanId}`))
    const orphans = spans.filter((span) => span.parentSpanId && !ids.has(`${span.traceId} ${span.parentSpanId}`))
    expect(orphans.map((span) => span.name)).toEqual([])
    expect(ids.size).toBe(spans.length)
    const incomplete = spans.filter(
      ({ attributes }) => attributes['eval.span.incomplete'] || attributes['eval.incomplete'],
    )
    expect(incomplete.map((span) => span.name)).toEqual([])
  })

  it.each(logs.filter((name) => !hasNoEvents.test(name)))(
    '%s tells no token twice: those of the calls are those of the samples',
    async (name) => {
      const spans = spansOf(await itemsOf([`${folder}/${name}`]))
      const calls = spans.filter((span) => span.name.startsWith('chat '))
      const samples = spans.filter((span) => span.name.startsWith('eval_sample '))
      for (const kind of ['input_tokens', 'output_tokens']) {
        expect(sum(calls, `gen_ai.usage.${kind}`)).toBeGreaterThan(0)
        expect(sum(calls, `gen_ai.usage.${kind}`)).toBe(sum(samples, `eval.usage.${kind}`))
      }
    },
  )

  // Since 0.3.184 Inspect leaves them out of the input, which OpenTelemetry wants them in.
  it.each(['0.3.43', '0.3.150', '0.3.180', '0.3.199', '0.3.240'])(
    'of %s count cached tokens as input',
    async (release) => {
      const spans = spansOf(await itemsOf([`${folder}/${release}.eval`], { samples: ['1'] }))
      const calls = spans.filter((span) => span.name.startsWith('chat '))
      expect(calls.map(({ attributes }) => attributes['gen_ai.usage.cache_read.input_tokens'])).toEqual([
        5,
        5,
        undefined,
      ])
      expect(calls.map(({ attributes }) => attributes['gen_ai.usage.input_tokens'])).toEqual([20, 20, 20])
      const root = spans.find((span) => span.name.startsWith('eval_sample '))
      expect(root?.attributes['eval.usage.input_tokens']).toBe(60)
    },
  )

  it('are the same when the log was scored anew by a newer Inspect, with what that added', async () => {
    const [before, after] = [
      spansOf(await itemsOf([`${folder}/0.3.93.json`])),
      spansOf(await itemsOf([`${folder}/0.3.93-rescored.json`])),
    ]
    const isOfSample = ({ name }: SpanBody): boolean => !/^eval_(?:sample|task|run)/.test(name)
    expect(after.filter((span) => before.some(({ spanId }) => spanId === span.spanId)).filter(isOfSample)).toEqual(
      before.filter(isOfSample),
    )
    const added = after.filter((span) => !before.some(({ spanId }) => spanId === span.spanId))
    expect(added.map(({ name }) => name)).toEqual(['scorers', 'scorer includes', 'scorers', 'scorer includes'])
    const times = (spans: readonly SpanBody[]): unknown =>
      spans.filter(({ name }) => name.startsWith('eval_sample ')).map(({ start, end }) => [start, end])
    expect(times(after)).toEqual(times(before))
  })

  it('are the same, digests and all, however often a log is replayed', async () => {
    const paths = logs.map((name) => `${folder}/${name}`)
    const [first, second] = [await itemsOf(paths), await itemsOf(paths)]
    expect(second.map(({ object, id, digest }) => ({ object, id, digest }))).toEqual(
      first.map(({ object, id, digest }) => ({ object, id, digest })),
    )
    expect(first.length).toBeGreaterThan(3000)
  })
})

function sum(spans: readonly SpanBody[], attribute: string): number {
  return spans.reduce((total, { attributes }) => total + Number(attributes[attribute] ?? 0), 0)
}
