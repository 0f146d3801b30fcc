import { describe, expect, it } from 'vitest'
import { resultLines } from '../../src/cli/result-lines.ts'
import { ownFrame } from '../../src/cli/stack-frame.ts'
import { mean, metric, scorer, type Solver } from '../../src/index.ts'
import { aTask, run } from '../runner/run.ts'

describe('the lines of a result', () => {
  it('name the parts of a score with their scorer', async () => {
    const metrics = { a: [mean()], b: [mean()] }
    const dict = scorer('dict', { metrics }, () => ({ value: { a: 1, b: 0.25 } }))
    const { logs, logDir } = await run(aTask({ scorer: dict }))
    expect(resultLines(logs, logDir)).toEqual([
      '',
      'arithmetic  mockllm/model  success',
      '  dict/a  mean 1',
      '  dict/b  mean 0.250',
      expect.stringMatching(/^ {2}log {2}[^/]+\.eval$/),
    ])
  })

  it.each([
    [['mean'], ['  one  mean 1']],
    [['max'], ['  one (max)  mean 1']],
    [
      ['mean', 'max'],
      ['  one (mean)  mean 1', '  one (max)  mean 1'],
    ],
  ])('name reducers where there are others than the mean: %j', async (reducer, lines) => {
    const one = scorer('one', { metrics: [mean()] }, () => ({ value: 1 }))
    const { logs, logDir } = await run(aTask({ scorer: one, epochs: { epochs: 2, reducer } }))
    expect(resultLines(logs, logDir).slice(2, -1)).toEqual(lines)
  })

  it('say where an error comes from', async () => {
    const solver = function lost(): never {
      throw new Error('no such thing')
    }
    const { logs } = await run(aTask({ solver }))
    expect(resultLines(logs, import.meta.dirname).slice(1, -1)).toEqual([
      'arithmetic  mockllm/model  error',
      "  sample 1: Error('no such thing')",
      expect.stringMatching(/^ {4}at lost \(result-lines\.test\.ts:\d+:\d+\)$/),
    ])
  })

  it('name the epoch where there are several', async () => {
    const solver: Solver = (state) => {
      if (state.epoch === 2) throw new Error('tired')
      return state
    }
    const { logs } = await run(aTask({ solver, epochs: 2 }), { maxSamples: 1 })
    expect(resultLines(logs, import.meta.dirname)[2]).toBe("  sample 1, epoch 2: Error('tired')")
  })

  it('name no sample where none is to blame', async () => {
    const worst = metric('worst', {}, () => {
      throw new Error('no metric')
    })
    const { logs } = await run(aTask({ scorer: scorer('one', { metrics: [worst] }, () => ({ value: 1 })) }))
    expect(resultLines(logs, import.meta.dirname)[2]).toBe("  Error('no metric')")
  })
})

it.each([
  ['of a file', 'Error: x\n    at /evals/x.eval.ts:3:4\n    at y (/evals/y.ts:1:2)', 'at x.eval.ts:3:4'],
  ['of a URL', 'Error: x\n    at async sol (file:///evals/a%20b.ts:3:4)', 'at async sol (a b.ts:3:4)'],
  ['outside the folder', 'Error: x\n    at f (/other/x.ts:3:4)', 'at f (/other/x.ts:3:4)'],
  [
    'behind those of packages and of Node',
    'Error: x\n    at parse (node:url:1:2)\n    at g (/evals/node_modules/p/i.js:9:9)\n    at new F (/evals/x.ts:3:4)',
    'at new F (x.ts:3:4)',
  ],
  ['of what waited for it', 'Error: x\n    at async file:///evals/x.ts:3:4', 'at x.ts:3:4'],
  ['with a space in its name', 'Error: x\n    at f (/evals/a b.ts:3:4)', 'at f (a b.ts:3:4)'],
  [
    'behind one of another host',
    'Error: x\n    at f (file://host/x.ts:3:4)\n    at g (/evals/x.ts:3:4)',
    'at g (x.ts:3:4)',
  ],
  ['nowhere', 'Error: x (/evals/x.ts:3:4)\n    at JSON.parse (<anonymous>)', undefined],
])('the first frame of own code is found %s', (_what, traceback, frame) => {
  expect(ownFrame(traceback, '/evals')).toBe(frame)
})
