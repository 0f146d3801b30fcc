import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolders } from '../runner/in-folder.ts'
import { run, type CliResult } from './memory-context.ts'

const newFolder = temporaryFolders()
const index = pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href

const base = `import { mockModel, task } from '${index}'
const make = (name, more) =>
  task({ name, dataset: [{ input: 'Hi' }], model: mockModel(undefined, { model: 'own' }), ...more })
`

/** Runs what `source` exports from `x.eval.mjs`. */
async function evaluated(source: string, argv: readonly string[] = [], place = 'x.eval.mjs'): Promise<CliResult> {
  const folder = newFolder()
  vi.stubEnv('EVALSPAN_OUTBOX', 'none')
  writeFileSync(join(folder, 'x.eval.mjs'), base + source)
  mkdirSync(join(folder, 'evals'))
  return await run(['eval', place, '--log-dir', join(folder, 'logs'), ...argv], { cwd: folder })
}

function runsOf({ stdout }: CliResult): number {
  return stdout.match(/\.eval$/gm)?.length ?? 0
}

describe('evalspan eval', () => {
  it('runs a task once that is exported under two names', async () => {
    const result = await evaluated("export const one = make('one')\nexport default one")
    expect([result.exitCode, result.stderr, runsOf(result)]).toEqual([0, '', 1])
  })

  it('runs a function that is exported as default, with arguments', async () => {
    const result = await evaluated('export default ({ name }) => make(name)', ['-T', 'name=mine'])
    expect([result.exitCode, result.stderr, runsOf(result)]).toEqual([0, '', 1])
    expect(result.stdout).toContain('mine')
  })

  it.each<[string, string, readonly string[], string, string]>([
    [
      'tasks that are functions',
      "export const hard = () => make('hard')",
      [],
      'x.eval.mjs',
      'x.eval.mjs: exports no task; hard is a function: give it as x.eval.mjs@hard',
    ],
    [
      'no task',
      'export const x = 1',
      [],
      'x.eval.mjs',
      'x.eval.mjs: exports no task; export what task() gives, or a function as default that gives it',
    ],
    ['a file that is not there', '', [], 'evals/y.eval.ts', 'evals/y.eval.ts: no such file'],
    ['a folder', '', [], 'evals', 'evals: is a folder; give the files in it'],
    [
      'arguments that no task takes',
      "export default make('one')",
      ['-T', 'level=3'],
      'x.eval.mjs',
      '-T level: no task here is a function, which could take it; export one as default, or give it as FILE@name',
    ],
  ])('says what to do about %s', async (_what, source, argv, place, message) => {
    const { exitCode, stderr } = await evaluated(source, argv, place)
    expect([exitCode, stderr]).toEqual([2, `error: ${message}\n`])
  })

  it.each([
    ['fails when it is loaded', 'throw new Error(`refused: ${process.env.LAB_API_KEY}`)'],
    [
      'has it in the name of a metric',
      `import { scorer } from '${index}'
       const metrics = [{ name: 'refused: ' + process.env.LAB_API_KEY, params: {}, compute: () => 1 }]
       export default make('one', { scorer: scorer('own', { metrics }, () => ({ value: 1 })) })`,
    ],
  ])('prints no key of a file that %s', async (_, source) => {
    vi.stubEnv('LAB_API_KEY', 'zebra-crossing-4711')
    const { stdout, stderr } = await evaluated(source)
    expect(stdout + stderr).toContain('refused: [masked]')
    expect(stdout + stderr).not.toContain('zebra')
  })

  it('says that a task runs with its own model, where another is given', async () => {
    const source = "export const one = make('one')\nexport const two = make('two', { model: undefined })"
    const { exitCode, stderr } = await evaluated(source, ['--model', 'mockllm/model'])
    expect([exitCode, stderr]).toEqual([
      0,
      'task one runs with its own model, mockllm/own, not with --model mockllm/model\n',
    ])
  })
})
