import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const program = join(import.meta.dirname, 'fuzz.ts')

it.each(['--workers=0', '--workers=x', '--runs=0', '--seed=1.5', '--only=-1'])(
  'refuses %s, and runs nothing',
  (option) => {
    expect(spawnSync(process.execPath, [program, option], { encoding: 'utf8' })).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'usage: npm run fuzz -- [--runs N] [--seed S] [--only INDEX] [--workers N] [--verbose]\n',
    })
  },
)
