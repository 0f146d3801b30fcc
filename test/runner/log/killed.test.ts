import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { openingError, readAll } from '../../inspect/read-all.ts'
import { killedAfter } from './killed-writer.ts'

it('leaves a log that holds all that was written, whenever its writer is killed', { timeout: 60_000 }, async () => {
  for (const ms of [0, 19, 58, 71, 130]) {
    const { path, told, samples } = await killedAfter(ms)
    expect(await openingError(path)).toBe('opened')
    const read = await readAll(path)
    expect([told, told + 1]).toContain(read.length)
    expect(read).toEqual(samples.slice(0, read.length))
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.eval'))).toHaveLength(1)
  }
})
