import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { forwarderIds } from './forwarder-ids.ts'
import { outputOf } from './inspect-python.ts'

const tests = join(import.meta.dirname, '../../python/tests')

describe('the forwarder', () => {
  for (const [release, python] of Object.entries(inject('inspectPythons'))) {
    it.skipIf(python === '')(`passes its own tests with Inspect ${release}`, { timeout: 600_000 }, async () => {
      // What unittest reports is in the error. Nothing of it is to be left in the repository, so `-B`.
      await outputOf([python, '-B', '-W', 'ignore', '-m', 'unittest', 'discover', '-s', tests, '-t', tests])
    })
  }

  it('is tested against the ids that the mapping computes', async () => {
    expect(forwarderIds()).toEqual(JSON.parse(await readFile(join(tests, 'ids.json'), 'utf8')))
  })
})
