import { spawnSync } from 'node:child_process'
import { expect, inject, it } from 'vitest'
import { describeWithInspect, inspectCommand, pythonCommand } from './inspect-python.ts'
import { InspectScene } from './inspect-scene.ts'
import { counts, runLive, taskOf } from './live-kind.ts'

const quiet = ['--display', 'plain']
const into = ['--log-dir', 'LOGS']
const nothing = { unlisted: [], sentAgain: [] }

function inspectEval(tasks: readonly string[], ...options: readonly string[]): readonly string[] {
  return inspectCommand('eval', ...tasks.map(taskOf), ...quiet, ...into, ...options)
}

describeWithInspect('evalspan run', { concurrent: true }, () => {
  it.each([
    { what: 'a task', tasks: ['plain'], spans: { eval_sample: 2, chat: 2 } },
    { what: 'an agent with tools', tasks: ['agent'], spans: { eval_sample: 2, chat: 6, execute_tool: 4 } },
    { what: 'a sample that fails its task', tasks: ['fails'], spans: { eval_sample: 2, eval_task: 1 } },
    { what: 'samples that reach a limit', tasks: ['limited'], spans: { eval_sample: 2, execute_tool: 4 } },
    {
      what: 'samples that are tried again',
      tasks: ['fails_once'],
      options: ['--retry-on-error=1'],
      spans: { eval_sample: 2, eval_attempt: 4 },
    },
    { what: 'epochs', tasks: ['plain'], options: ['--epochs', '3'], spans: { eval_sample: 6 } },
    { what: 'a log in JSON', tasks: ['plain'], options: ['--log-format', 'json'], spans: { eval_sample: 2 } },
    { what: 'a log without samples', tasks: ['plain'], options: ['--no-log-samples'], spans: { eval_sample: 2 } },
    {
      what: 'a task with two models',
      tasks: ['modelless'],
      options: ['--model', 'fake/a,fake/b'],
      spans: { eval_run: 1, eval_task: 2, eval_sample: 4 },
    },
  ])('shows $what of `inspect eval`', async ({ tasks, options = [], spans }) => {
    const live = await runLive(inspectEval(tasks, ...options))
    expect(live).toMatchObject({ ended: { code: 0 }, ...nothing })
    expect(counts(live.spans, ...Object.keys(spans))).toEqual(spans)
    expect(live.ended.stderr).toMatch(
      /^otlp\/traces {2}http.*\n {2}\d+ produced = \d+ delivered \+ 0 waiting \+ 0 rejected \+ 0 dropped$/m,
    )
  })

  it('shows an eval under trio', async () => {
    const live = await runLive(inspectEval(['agent']), { INSPECT_ASYNC_BACKEND: 'trio' })
    expect(live.ended.code).toBe(0)
    expect(live).toMatchObject(nothing)
    expect(counts(live.spans, 'execute_tool', 'eval_run')).toEqual({ execute_tool: 4, eval_run: 1 })
  })

  it('shows an eval set in which a task fails at first', async () => {
    const options = ['--retry-attempts', '2', '--retry-wait', '1', '--no-retry-cleanup']
    const command = inspectCommand('eval-set', taskOf('fails_once'), taskOf('plain'), ...quiet, ...into, ...options)
    const live = await runLive(command)
    expect(live.ended.code, live.ended.stdout).toBe(0)
    expect(live).toMatchObject(nothing)
    expect(counts(live.spans, 'eval_task', 'eval_set').eval_task).toBeGreaterThan(2)
  })

  it('shows `inspect eval-retry` after the eval that it tries again', async () => {
    const first = inspectEval(['fails'])
    const again = inspectCommand('eval-retry', ...quiet, ...into)
    // The model answers in both as in one process, so the sample fails in both.
    const live = await runLive(['sh', '-c', `${first.join(' ')}; exec ${again.join(' ')} LOGS/*.eval`])
    expect(live).toMatchObject({ ended: { code: 0 }, ...nothing })
    expect(counts(live.spans, 'eval_run', 'eval_task', 'eval_sample')).toEqual({
      eval_run: 2,
      eval_task: 2,
      eval_sample: 3,
    })
  })

  it('shows evals of a script, whose output is its own', async () => {
    const live = await runLive(pythonCommand('scripts_of_users.py', 'script', 'LOGS'))
    expect(live).toMatchObject({ ended: { code: 0, stdout: 'before\nafter: success\n' }, ...nothing })
    expect(counts(live.spans, 'eval_run', 'eval_sample')).toEqual({ eval_run: 1, eval_sample: 2 })
  })

  it('shows evals of a script with hooks of its own', async () => {
    const live = await runLive(pythonCommand('scripts_of_users.py', 'own_hooks', 'LOGS'))
    expect(live).toMatchObject({ ended: { code: 0 }, ...nothing })
    // Inspect tells of the hooks that it finds.
    expect(live.ended.stdout).toMatch(/- hooks enabled: 1\n {2}own: Of the script itself.\n+a hook of its own\n$/)
    expect(counts(live.spans, 'chat', 'eval_sample')).toEqual({ chat: 2, eval_sample: 2 })
  })

  it('shows evals of the processes that a script starts', async () => {
    const live = await runLive(pythonCommand('scripts_of_users.py', 'processes', 'LOGS'))
    expect(live).toMatchObject({ ended: { code: 0 }, ...nothing })
    expect(counts(live.spans, 'eval_run', 'eval_sample')).toEqual({ eval_run: 3, eval_sample: 6 })
  })

  it.skipIf(spawnSync('uv', ['--version']).status !== 0)('shows evals under `uv run`', async () => {
    const [python = '', ...script] = pythonCommand('scripts_of_users.py', 'script', 'LOGS')
    const command = ['uv', 'run', '--quiet', '--offline', '--no-project', '--python', python, 'python', ...script]
    const live = await runLive(command)
    expect(live).toMatchObject({ ended: { code: 0, stdout: 'before\nafter: success\n' }, ...nothing })
    expect(counts(live.spans, 'eval_run', 'eval_sample')).toEqual({ eval_run: 1, eval_sample: 2 })
  })

  it('shows several runs of one process', async () => {
    const live = await runLive(pythonCommand('scripts_of_users.py', 'several', 'LOGS'))
    expect(live.ended.code, live.ended.stderr).toBe(0)
    expect(live).toMatchObject(nothing)
    // Two tasks with two models each, a task that fails, and a set in which it goes well.
    expect(counts(live.spans, 'eval_run', 'eval_set', 'eval_task')).toEqual({ eval_run: 3, eval_set: 1, eval_task: 7 })
  })

  it('takes a log folder that is said relative to where it runs', async () => {
    const command = pythonCommand('scripts_of_users.py', 'script', 'logs/within')
    const live = await runLive(['sh', '-c', 'cd LOGS/.. && exec "$@"', 'sh', ...command])
    expect(live).toMatchObject({ ended: { code: 0 }, ...nothing })
    expect(live.logs.length).toBe(1)
  })

  it('says so when there was no run', async () => {
    const { ended, spans } = await runLive(pythonCommand('scripts_of_users.py', 'nothing', 'LOGS'))
    expect({ code: ended.code, stdout: ended.stdout, spans }).toEqual({ code: 0, stdout: 'nothing\n', spans: [] })
    expect(ended.stderr).toMatch(/^No run of Inspect was seen in the command\./)
  })

  it('is no more than the command where this is not Python', async () => {
    const { ended } = await runLive(['sh', '-c', 'cat; echo out; echo err >&2; exit 3'])
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 3, stdout: 'typed\nout\n' })
    expect(ended.stderr).toMatch(/^err\nNo run of Inspect was seen/)
  })

  it('leaves the terminal to the command', async () => {
    await using scene = await InspectScene.open()
    const python = inject('inspectPython')
    const looks = 'import os; print([os.isatty(n) for n in range(3)], os.tcgetpgrp(0) == os.getpgrp()); os._exit(5)'
    const inTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
    const run = [process.execPath, 'src/cli/main.ts', 'run', '--', python, '-c', looks]
    const { code, stdout } = await scene.run([python, '-c', inTerminal, ...run]).ended
    expect({ code, stdout }).toMatchObject({ code: 5 })
    expect(stdout).toMatch(/^\[True, True, True\] True\r\nNo run of Inspect was seen/)
  })

  it('ends as a command that a signal ended', async () => {
    const { ended } = await runLive(['sh', '-c', 'kill -TERM $$'])
    expect(ended.code).toBe(143)
  })

  it('says that a command does not exist, as a shell does', async () => {
    const { ended } = await runLive(['no-such-command-anywhere'])
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({
      code: 127,
      stderr: 'error: no-such-command-anywhere: there is no such command\n',
    })
  })
})
