import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { evalRetry, evaluate, generate, match, Task, task, type LoggedEval } from '../../src/index.ts'
import { loadTasks } from '../../src/runner/run/load-tasks.ts'
import { temporaryFolders } from './in-folder.ts'
import { failing, quickModel } from './scenarios.ts'

const newFolder = temporaryFolders()
const quiet = { banner: () => {} }
const model = 'mockllm/model'
const index = pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href

/** Fails once, in the first of two samples. */
function flaky(name: string): Task {
  const dataset = [1, 2].map((id) => ({ id, input: 'What is 2+2?', target: '4' }))
  return task({ name, dataset, solver: [generate(), failing(1)], scorer: match(), model: quickModel(['4']) })
}

async function failed(one: Task, logDir: string): Promise<LoggedEval> {
  const [log] = await evaluate(one, { model, logDir, maxSamples: 1, failOnError: false }, quiet)
  return log!
}

describe('evalRetry with a log alone', () => {
  it('finds the task of the program by its name', async () => {
    const logDir = newFolder()
    const log = await failed(flaky('found'), logDir)
    const outcomes = []
    for (const given of [log, log.location]) {
      const [retried] = await evalRetry(given, { logDir }, quiet)
      outcomes.push([retried!.status, retried!.results?.completed_samples, retried!.eval.task_id])
    }
    expect([log.results?.completed_samples, ...outcomes]).toEqual([
      1,
      ['success', 2, log.eval.task_id],
      ['success', 2, log.eval.task_id],
    ])
  })

  it('does not guess among tasks of one name', async () => {
    const logDir = newFolder()
    const log = await failed(flaky('twice'), logDir)
    flaky('twice')
    await expect(evalRetry(log, { logDir }, quiet)).rejects.toThrow(
      `${log.location} is of task twice: several tasks here are called so; retry it from the program: evalRetry(log, task)`,
    )
  })

  it('makes the task again of the function in its file, with its arguments, models and roles', async () => {
    const cwd = newFolder()
    writeFileSync(
      join(cwd, 'x.eval.mjs'),
      `import { getModel, task } from '${index}'
export const other = task({ name: 'other', dataset: [{ input: 'Hi' }] })
export const made = ({ level }) => task({
  name: 'made', dataset: [{ input: 'Hi' }], metadata: { level },
  solver: async (state) => {
    const { config } = await getModel(undefined, { role: 'grader' })
    if (globalThis.failed?.push(config)) return state
    globalThis.failed = [config]
    throw new Error('once')
  },
})`,
    )
    const [one] = await loadTasks(['x.eval.mjs@made'], cwd, { level: 3 }, () => {})
    const modelRoles = { grader: { model: 'mockllm/grader', config: { maxTokens: 5 } } }
    const [log] = await evaluate(one!, { model, modelRoles, logDir: join(cwd, 'logs') }, quiet)
    const [retried] = await evalRetry(log!, { logDir: join(cwd, 'logs') }, { ...quiet, cwd })
    const configs: unknown = Reflect.get(globalThis, 'failed')
    expect([log!.status, retried!.status, configs]).toEqual([
      'error',
      'success',
      [{ max_tokens: 5 }, { max_tokens: 5 }],
    ])
    for (const field of ['task_file', 'task_registry_name', 'task_args_passed', 'metadata', 'model_roles'] as const) {
      expect(retried!.eval[field]).toEqual(log!.eval[field])
    }
    expect([log!.eval.task_file, log!.eval.task_registry_name, log!.eval.task_args_passed, log!.eval.model]).toEqual([
      'x.eval.mjs',
      'made',
      { level: 3 },
      model,
    ])
  })

  it('says so where the file, seen from here, is not there or has the task no more', async () => {
    const logDir = newFolder()
    const [there, elsewhere] = [newFolder(), newFolder()]
    writeTask(there, 'gone')
    writeTask(elsewhere, 'other')
    const [one] = await loadTasks(['x.eval.mjs'], there, {}, () => {})
    const [log] = await evaluate(one!, { model, logDir }, quiet)
    await expect(evalRetry(log!, {}, { ...quiet, cwd: logDir })).rejects.toThrow('x.eval.mjs: no such file')
    await expect(evalRetry(log!, {}, { ...quiet, cwd: elsewhere })).rejects.toThrow(
      `${log!.location} is of task gone, and there is none in x.eval.mjs; retry it from the program: evalRetry(log, task)`,
    )
  })

  it('says so where the model cannot be found by its name', async () => {
    const logDir = newFolder()
    const one = task({ name: 'gateway', dataset: [{ input: 'Hi' }] })
    const [log] = await evaluate(one, { model: { ...quickModel(), provider: 'nowhere' }, logDir }, quiet)
    await expect(evalRetry(log!, { logDir }, quiet)).rejects.toThrow(
      `the model 'nowhere/model' needs a package that is not installed: npm install @ai-sdk/nowhere; or give the model of ${log!.location} once more`,
    )
  })

  it('says that Python runs tasks of Python', async () => {
    const options = { name: 'sums', dataset: [{ input: 'Hi' }] }
    const [log] = await evaluate(new Task(options, { file: 'sums.py' }), { model, logDir: newFolder() }, quiet)
    await expect(evalRetry(log!, {}, quiet)).rejects.toThrow(
      `${log!.location} is of a task in sums.py; run inspect eval-retry ${log!.location}`,
    )
  })
})

function writeTask(folder: string, name: string): void {
  writeFileSync(
    join(folder, 'x.eval.mjs'),
    `import { task } from '${index}'\nexport default task({ name: '${name}', dataset: [{ input: 'Hi' }] })`,
  )
}
