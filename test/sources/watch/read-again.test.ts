import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { EvalspanError } from '../../../src/errors.ts'
import { FileError } from '../../../src/files/file-error.ts'
import { mayPass } from '../../../src/sources/watch/may-pass.ts'
import { ReadAgain } from '../../../src/sources/watch/read-again.ts'

async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('an error of reading', () => {
  it('may pass when the system or a server gave it, whatever it is wrapped in', async () => {
    const system = await errorOf(() => readFile(import.meta.dirname))
    const wrapped = new EvalspanError('BAD_LOG', 'x', { cause: new Error('y', { cause: system }) })
    const server = new FileError('the connection was reset', { mayPass: true })
    expect([system, wrapped, server].map(mayPass)).toEqual([true, true, true])
  })

  it('does not when the content is at fault', () => {
    const content = new EvalspanError('BAD_LOG', 'not valid JSON', { cause: new SyntaxError('x') })
    expect([content, new FileError('forbidden'), 'text'].map(mayPass)).toEqual([false, false, false])
  })
})

describe('what is read again', () => {
  it('is tried after two seconds, then less and less often, until it was read', () => {
    const again = new ReadAgain()
    again.add('a', 0)
    expect([again.due(1_999), again.due(2_000)]).toEqual([[], ['a']])
    const waits: number[] = []
    for (let now = 2_000; waits.length < 7;) {
      again.add('a', now)
      let at = now
      while (again.due(at).length === 0) at += 1_000
      waits.push((at - now) / 1_000)
      now = at
    }
    expect(waits).toEqual([4, 8, 16, 32, 60, 60, 60])
    again.delete('a')
    expect(again.due(Infinity)).toEqual([])
  })
})
