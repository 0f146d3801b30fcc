import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openLog } from '../../src/index.ts'
import { temporaryFolders } from '../runner/in-folder.ts'
import { run, type CliResult } from './memory-context.ts'

afterEach(() => void vi.unstubAllEnvs())

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

  it('shows only results where it is to be quiet', async () => {
    const { exitCode, stdout, stderr } = await evaluated("export default make('one')", ['--no-console'])
    expect([exitCode, stderr, stdout.replace(/\S+\.eval/, 'LOG')]).toEqual([
      0,
      '',
      '\none  mockllm/own  success\n  log  LOG\n',
    ])
  })

  it.each([
    ['in camelCase', '({ maxTurns })', 'maxTurns', 'max-turns'],
    ['in snake_case', '({ max_turns })', 'max_turns', 'max-turns'],
    ['as it is written', '({ maxTurns })', 'maxTurns', 'maxTurns'],
    ['in snake_case what is camelCase', '({ max_turns })', 'max_turns', 'maxTurns'],
    ['with all others', '({ ...all })', 'all.max_turns', 'max-turns'],
  ])('gives functions an argument %s', async (_what, parameters, value, name) => {
    const source = `export default ${parameters} => make('turns ' + ${value})`
    const result = await evaluated(source, ['-T', `${name}=3`])
    expect([result.exitCode, result.stderr, result.stdout.includes('turns 3  ')]).toEqual([0, '', true])
  })

  it('says which arguments no task has asked for', async () => {
    const source = `export default ({ level, ...rest }) => make('one', { metadata: { level } })
export const two = ({ lvl }) => make('two', { metadata: { lvl: lvl ?? 0 } })`
    const argv = ['-T', 'lvel=3', '-T', 'lvl=2']
    const one = await evaluated(source, argv, 'x.eval.mjs@two')
    const all = await evaluated(source, argv)
    expect([one.exitCode, one.stderr, all.exitCode, all.stderr]).toEqual([
      0,
      '-T lvel: no task here has asked for it\n',
      0,
      '',
    ])
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

describe('options of evalspan eval', () => {
  it('come to the log, as they do in Inspect', async () => {
    const folder = newFolder()
    vi.stubEnv('EVALSPAN_OUTBOX', 'none')
    vi.stubEnv('INSPECT_EVAL_MAX_TOKENS', '9')
    writeFileSync(
      join(folder, 'x.eval.mjs'),
      `${base}export default ({ level }) => make('x', { model: undefined, metadata: { level } })`,
    )
    const line =
      'eval x.eval.mjs -T level=a,b --model mockllm/model --model-role grader=mockllm/a,mockllm/b --limit 1-1 --epochs 2 ' +
      '--epochs-reducer max --temperature 0.5 --retry-on-error --fail-on-error 2 --token-limit 1k --tags a,b --log-dir logs'
    const { exitCode, stderr } = await run(line.split(' '), { cwd: folder })
    expect([exitCode, stderr]).toEqual([0, ''])
    const [name] = readdirSync(join(folder, 'logs'))
    const log = await openLog(join(folder, 'logs', name!))
    const { config, model_generate_config, model_roles, tags, metadata, task_args_passed } = log.header.eval
    await log.close()
    const role = (model: string): object => ({ model, config: {}, args: {} })
    expect({ config, model_generate_config, model_roles, tags, metadata, task_args_passed }).toEqual({
      config: {
        limit: [0, 1],
        epochs: 2,
        epochs_reducer: ['max'],
        fail_on_error: 2,
        continue_on_fail: false,
        retry_on_error: 1,
        score_on_error: false,
        token_limit: 1000,
        log_samples: true,
        log_realtime: true,
        log_images: true,
      },
      model_generate_config: { temperature: 0.5, max_tokens: 9 },
      model_roles: { grader: [role('mockllm/a'), role('mockllm/b')] },
      tags: ['a', 'b'],
      metadata: { level: ['a', 'b'] },
      task_args_passed: { level: ['a', 'b'] },
    })
  })
})

describe('evalspan eval-retry and eval-set', () => {
  const flaky = `${base}let failed = false
export const flaky = ({ name }) => make(name, { solver: (state) => {
  if (failed) return state
  failed = true
  throw new Error('once')
} })`

  it('go on with what failed, from the log or in its folder', async () => {
    const folder = newFolder()
    vi.stubEnv('EVALSPAN_OUTBOX', 'none')
    writeFileSync(join(folder, 'x.eval.mjs'), flaky)
    writeFileSync(join(folder, 'y.eval.mjs'), flaky)
    const first = await run('eval x.eval.mjs@flaky -T name=mine --log-dir logs'.split(' '), { cwd: folder })
    const [name] = readdirSync(join(folder, 'logs'))
    const second = await run(['eval-retry', `logs/${name}`, '--log-dir', 'logs'], { cwd: folder })
    const line = 'eval-set y.eval.mjs@flaky -T name=mine --log-dir set'.split(' ')
    const given = await run([...line, '--retry-attempts', '0'], { cwd: folder })
    const again = await run(line, { cwd: folder })
    const done = await run(line, { cwd: folder })
    const ends = [first, second, given, again, done].map(({ exitCode, stderr, stdout }) => [
      exitCode,
      stderr,
      / (success|error)$/m.exec(stdout)?.[1],
    ])
    expect(ends).toEqual([
      [1, '', 'error'],
      [0, '', 'success'],
      [1, '', 'error'],
      [0, '', 'success'],
      [0, '', 'success'],
    ])
    expect(readdirSync(join(folder, 'set')).filter((each) => each.endsWith('.eval'))).toHaveLength(1)
  })

  it('retry with what the log says, whatever variables say now, and with options', async () => {
    const folder = newFolder()
    vi.stubEnv('EVALSPAN_OUTBOX', 'none')
    writeFileSync(join(folder, 'x.eval.mjs'), `${base}export default make('x', { model: undefined })`)
    await run('eval x.eval.mjs --model mockllm/one --temperature 0.5 --log-dir logs'.split(' '), { cwd: folder })
    const [name] = readdirSync(join(folder, 'logs'))
    vi.stubEnv('INSPECT_EVAL_MODEL', 'mockllm/another')
    vi.stubEnv('INSPECT_EVAL_TEMPERATURE', '1')
    vi.stubEnv('INSPECT_EVAL_MAX_RETRIES', '3')
    const retry = ['eval-retry', `logs/${name}`, '--log-dir', 'again', '--timeout', '5']
    const { exitCode, stderr } = await run(retry, { cwd: folder })
    const [again] = readdirSync(join(folder, 'again'))
    const log = await openLog(join(folder, 'again', again!))
    const { model, model_generate_config: config } = log.header.eval
    await log.close()
    expect([exitCode, stderr, model, config]).toEqual([
      0,
      '',
      'mockllm/one',
      { temperature: 0.5, timeout: 5, max_retries: 3 },
    ])
  })

  it('say what is missing', async () => {
    const folder = newFolder()
    const set = await run(['eval-set', 'x.eval.mjs'], { cwd: folder })
    const retry = await run(['eval-retry', 'gone.eval'], { cwd: folder })
    expect([set.exitCode, set.stderr]).toEqual([2, 'error: --log-dir is missing: a set needs a folder of its own\n'])
    expect([retry.exitCode, retry.stderr]).toEqual([1, expect.stringContaining('gone.eval')])
  })
})
