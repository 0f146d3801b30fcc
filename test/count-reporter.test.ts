import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

it('counts tests, and failures outside of tests, into the file it is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evalspan-counts-'))
  const counts = join(folder, 'counts')
  try {
    await writeFile(
      join(folder, 'tests.test.mjs'),
      `it('passes', () => {})
       it('fails', () => { throw new Error('on purpose') })
       it.skip('is skipped', () => {})
       it.todo('is to do')
       describe('suite', () => {
         beforeAll(() => { throw new Error('on purpose') })
         it('never runs', () => {})
       })`,
    )
    await writeFile(join(folder, 'broken.test.mjs'), `throw new Error('on purpose')`)
    await writeFile(
      join(folder, 'unhandled.test.mjs'),
      `it('passes', () => { void Promise.reject(new Error('on purpose')) })`,
    )
    const flags = ['--root', folder, '--globals', '--reporter', join(root, 'test/count-reporter.ts')]
    const result = await run(['run', ...flags], { ...process.env, EVALSPAN_TEST_COUNTS: counts })

    const line = '2 passed, 4 failed, 3 skipped\n'
    expect({ code: result.code, last: result.stdout.split('\n').slice(-2).join('\n') }).toEqual({ code: 1, last: line })
    expect(await readFile(counts, 'utf8')).toBe(line)
  } finally {
    await rm(folder, { recursive: true })
  }
})

function run(flags: string[], env: NodeJS.ProcessEnv): Promise<{ code: unknown; stdout: string }> {
  return new Promise((resolve) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    execFile(process.execPath, [vitest, ...flags], { cwd: root, env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    )
  })
}
