import { expect, it } from 'vitest'
import type { EvalSample } from '../../src/inspect/records.ts'
import { startSummary } from '../../src/inspect/start-summary.ts'
import { at, sampleOf } from '../telemetry/stream.ts'

const began = at(0.5)

it('is what was known of a sample before it ran', () => {
  const given = {
    id: 1,
    input: 'asked',
    target: ['a', 'b'],
    choices: ['x'],
    description: 'words',
    metadata: { level: 1 },
  }
  const sample = sampleOf([{ event: 'sample_init', timestamp: at(0.6), sample: given }], {
    metadata: { level: 1, found: 'by a solver' },
    scores: { match: { value: 1 } },
  })
  expect(startSummary(sample, began)).toEqual({
    id: 1,
    epoch: 1,
    uuid: 'uuid1',
    input: 'asked',
    target: ['a', 'b'],
    choices: ['x'],
    description: 'words',
    metadata: { level: 1 },
    model_usage: {},
    role_usage: {},
    started_at: began,
    completed: false,
  })
})

it('is made short as Inspect makes it', () => {
  const long = 'x'.repeat(6000)
  const sample = sampleOf([], {
    input: [
      { role: 'user', content: long },
      {
        role: 'user',
        content: [
          { type: 'image', image: 'data:,' },
          { type: 'text', text: long, citations: [] },
        ],
      },
    ],
    target: long,
    metadata: { text: `a  b ${long}`, list: [long], small: [1, null], none: null, flag: true },
  } as unknown as Partial<EvalSample>)
  const { input, target, metadata } = startSummary(sample, began)
  const short = `${'x'.repeat(5120)}...\n(content truncated)`
  expect(input).toEqual([
    { role: 'user', content: short },
    {
      role: 'user',
      content: [
        { type: 'text', text: '(Image)' },
        { type: 'text', text: short, citations: [] },
      ],
    },
  ])
  expect(target).toBe(short)
  expect(metadata).toEqual({
    text: 'a b...',
    list: 'Key removed from summary (> 1k)',
    small: [1, null],
    none: null,
    flag: true,
  })
})
