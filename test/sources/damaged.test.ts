/** What the fuzzer found (`npm run fuzz`): values of samples that the hooks of a replay stumbled over. */
import { describe, expect, it } from 'vitest'
import type { EvalLog, EvalSample } from '../../src/inspect/records.ts'
import { sampleEvents } from '../../src/sources/sample-events.ts'
import { processorSeconds } from '../processor-seconds.ts'
import { at, model, sampleOf, solving, spec } from '../telemetry/stream.ts'

const log: EvalLog = { version: 2, status: 'success', eval: spec, plan: { name: 'plan', steps: [] }, stats: {} }

function nested(depth: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}

function hooksOf(sample: EvalSample): string[] {
  return [...sampleEvents(log, sample, () => false)].map(({ hook }) => hook)
}

const usual = hooksOf(sampleOf(solving([])))

describe('a replayed sample', () => {
  it('has its hooks though its input and metadata are nested deeper than can be written', () => {
    const deep = nested(50_000)
    const sample = {
      ...sampleOf(solving([])),
      metadata: { deep },
      target: [deep],
      input: [{ role: 'user', content: [{ type: 'text', text: deep }] }],
    } as unknown as EvalSample
    const [first] = sampleEvents(log, sample, () => false)
    expect(first!.data).toMatchObject({
      summary: { metadata: { deep: 'Key removed from summary (> 1k)' }, target: [''] },
    })
    expect(hooksOf(sample)).toEqual(usual)
  })

  it('has its hooks though a call says that it lasted for ages', () => {
    const ages = model('m', 2, undefined, {
      output: { ...(model('m', 2, 3) as { output: object }).output, time: 1e300 },
    })
    const sample = sampleOf(solving([ages, { event: 'sample_limit', type: 'turn', timestamp: at(3) }]))
    expect(hooksOf(sample).filter((hook) => hook === 'onModelUsage')).toHaveLength(1)
    expect(hooksOf(sample).at(-1)).toBe('onSampleEnd')
  })

  it('has its hooks in next to no time though no limit follows thousands of answers without an end', () => {
    const answers = Array.from({ length: 20_000 }, (_, index) => model(`m${index}`, 2, undefined))
    let hooks: string[] = []
    expect(processorSeconds(() => (hooks = hooksOf(sampleOf(solving(answers)))))).toBeLessThan(2)
    expect(hooks.filter((hook) => hook === 'onModelUsage')).toHaveLength(20_000)
  })
})
