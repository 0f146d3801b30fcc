import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { blake2s } from '../../src/inspect/blake2s.ts'
import { computeEvalId } from '../../src/inspect/eval-id.ts'

describe('computeEvalId', () => {
  // Computed with Python's hashlib, as Inspect does it.
  it('gives the id that Inspect gives', () => {
    expect(computeEvalId({ run_id: 'run1', task_id: 'task1', created: '2024-08-12T16:00:00+00:00' })).toBe(
      '5338QV9eEBedEfo8kbQfGd',
    )
    expect(computeEvalId({ run_id: '', task_id: '', created: '' })).toBe('KrXdknxCFUSPixb5bXVpBy')
    expect(computeEvalId({ run_id: 'rün', task_id: '', created: 'x'.repeat(200) })).toBe('o3kRMXzHLsLiP33icjaawa')
  })
})

describe('blake2s', () => {
  it('agrees with OpenSSL, which has it at full length', () => {
    for (const length of [0, 1, 3, 63, 64, 65, 127, 128, 129, 1000]) {
      const message = Buffer.alloc(length, length)
      expect(blake2s(message, 32)).toEqual(createHash('blake2s256').update(message).digest())
    }
  })

  it('agrees with Python, which has shorter ones', () => {
    expect(blake2s(Buffer.from('abc'), 16).toString('hex')).toBe('aa4938119b1dc7b87cbad0ffd200d0ae')
    expect(blake2s(Buffer.alloc(64, 'x'), 20).toString('hex')).toBe('a6edeaed9fdc0057c86c0588fecf65e40ccbd249')
  })
})
