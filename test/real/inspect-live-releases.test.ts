import { describe, expect, inject, it } from 'vitest'
import { counts, runLive, scriptOf, taskOf } from './live-kind.ts'

const into = ['--display', 'plain', '--log-dir', 'LOGS']
const nothing = { unlisted: [], sentAgain: [] }
/** What comes of each sample while it runs: of the oldest only what its log tells at the end of its task. */
const sampleHooks: Readonly<Record<string, boolean>> = { '0.3.285': true, '0.3.200': true, '0.3.112': false }

describe.each(Object.entries(inject('inspectPythons')))('evalspan run with Inspect %s', (release, python) => {
  const inspect = (command: string, ...args: readonly string[]): readonly string[] => [
    python,
    '-m',
    'inspect_ai',
    command,
    ...args,
    ...into,
  ]

  describe.skipIf(python === '')('', { concurrent: true }, () => {
    it.each([
      { what: 'an agent with tools', task: 'agent', spans: { eval_sample: 2, chat: 6, execute_tool: 4 } },
      { what: 'a sample that fails its task', task: 'fails', spans: { eval_sample: 2, eval_task: 1, eval_run: 1 } },
      { what: 'samples that reach a limit', task: 'limited', spans: { eval_sample: 2, execute_tool: 4 } },
      {
        what: 'samples that are tried again',
        task: 'fails_once',
        options: ['--retry-on-error=1'],
        spans: { eval_sample: 2, eval_task: 1 },
      },
      { what: 'a log in JSON', task: 'plain', options: ['--log-format', 'json', '--epochs', '2'], spans: { chat: 4 } },
      {
        what: 'a task with two models',
        task: 'modelless',
        options: ['--model', 'fake/a,fake/b'],
        spans: { eval_run: 1, eval_task: 2, eval_sample: 4 },
      },
    ])('shows $what', async ({ task, options = [], spans }) => {
      const live = await runLive(inspect('eval', taskOf(task), ...options))
      const { code, stdout } = live.ended
      expect({ code, ...live, spans: counts(live.spans, ...Object.keys(spans)) }, stdout).toMatchObject({
        code: 0,
        ...nothing,
        spans,
      })
    })

    it('shows an eval set in which a task fails at first', async () => {
      const options = ['--retry-attempts', '3', '--retry-wait', '1', '--no-retry-cleanup']
      const live = await runLive(inspect('eval-set', taskOf('fails_once'), taskOf('plain'), ...options))
      expect({ code: live.ended.code, ...live }, live.ended.stdout).toMatchObject({ code: 0, ...nothing })
    })

    it('shows evals of a script with hooks of its own, and of the processes that one starts', async () => {
      const own = await runLive(scriptOf(python, 'own_hooks'))
      expect(own).toMatchObject({ ended: { code: 0 }, ...nothing })
      const processes = await runLive(scriptOf(python, 'processes'))
      expect(processes).toMatchObject({ ended: { code: 0 }, ...nothing })
      expect(counts(processes.spans, 'eval_run', 'eval_sample')).toEqual({ eval_run: 3, eval_sample: 6 })
    })

    it(`has ${sampleHooks[release] ? 'events' : 'nothing'} of samples while they run`, async () => {
      const { hooks, ...live } = await runLive(scriptOf(python, 'script'))
      expect(live).toMatchObject({ ended: { code: 0 }, ...nothing })
      expect(hooks.includes('on_sample_event')).toBe(sampleHooks[release])
      expect(counts(live.spans, 'chat', 'eval_sample')).toEqual({ chat: 2, eval_sample: 2 })
    })
  })
})
