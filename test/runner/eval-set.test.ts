import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  evalRetry,
  evalSet,
  evaluate,
  generate,
  match,
  systemMessage,
  task,
  type EvaluateOptions,
  type Sample,
  type TaskOptions,
  type TaskState,
} from '../../src/index.ts'
import { thisWriter } from '../../src/inspect/buffer/folder-writer.ts'
import { temporaryFolders } from './in-folder.ts'
import { withHooks } from './run.ts'
import { failing, quickModel } from './scenarios.ts'

const newFolder = temporaryFolders()
const quiet = { banner: () => {} }
const samples: readonly Sample[] = [1, 2, 3].map((id) => ({ id, input: 'What is 2+2?', target: '4' }))

function sums(options: Partial<TaskOptions> = {}): ReturnType<typeof task> {
  return task({ name: 'sums', dataset: samples, solver: generate(), scorer: match(), model: quickModel(), ...options })
}

async function* once(): AsyncGenerator<Sample> {
  yield* samples
}

describe('an eval set', () => {
  it('runs what is new in the plan of a set that was done', async () => {
    const logDir = newFolder()
    const totals = []
    for (const options of [{ limit: 1 }, {}, {}, { epochs: 2 }]) {
      const { success, logs } = await evalSet(sums(), { logDir, ...options }, quiet)
      totals.push([success, logs[0]?.results?.total_samples, logs[0]?.results?.completed_samples])
    }
    expect(totals).toEqual([
      [true, 1, 1],
      [true, 3, 3],
      [true, 3, 3],
      [true, 6, 6],
    ])
  })

  it('tries a task again whose samples can be read only once', async () => {
    const tried = sums({ dataset: { samples: once() }, solver: [generate(), failing(1)] })
    const { success, logs } = await evalSet(tried, { logDir: newFolder(), maxSamples: 1 }, quiet)
    expect([success, logs[0]?.results?.completed_samples]).toEqual([true, 3])
  })

  it('does not take a folder that has logs of others for its own', async () => {
    const logDir = newFolder()
    await evalSet(sums(), { logDir }, quiet)
    const other = sums({ model: { ...quickModel(), model: 'other' } })
    await expect(evalSet(other, { logDir }, quiet)).rejects.toThrow(
      /^logDir: .* is of task sums with model mockllm\/model, which is not in this set; give a folder of its own, or set logDirAllowDirty$/,
    )
    expect((await evalSet(other, { logDir, logDirAllowDirty: true }, quiet)).success).toBe(true)
  })

  it.each<[string, Partial<TaskOptions> & EvaluateOptions, string]>([
    ['another temperature', { config: { temperature: 1 } }, 'config'],
    ['another limit', { tokenLimit: 500 }, 'limits'],
    ['another version of the task', { version: 2 }, 'version'],
    ['other solvers', { solver: [systemMessage('Think.'), generate()] }, 'solver'],
    ['another prompt', { solver: [systemMessage('Answer!'), generate()] }, 'solver'],
    ['another model in a role', { modelRoles: { grader: 'mockllm/grader' } }, 'model roles'],
    ['all of that', { tokenLimit: 500, version: 2 }, 'version, limits'],
  ])('does not take answers of before for those with %s', async (what, options, changed) => {
    const logDir = newFolder()
    const first = what === 'another prompt' ? { solver: [systemMessage('Answer.'), generate()] } : {}
    await evalSet(sums(first), { logDir }, quiet)
    await expect(evalSet(sums(options), { logDir }, quiet)).rejects.toThrow(
      `is of task sums with model mockllm/model, and other ${changed} than now; give a folder of its own, or set logDirAllowDirty`,
    )
    const { logs } = await evalSet(sums(options), { logDir, logDirAllowDirty: true }, quiet)
    expect(logs[0]?.stats?.model_usage?.['mockllm/model']).toBeDefined()
  })

  it('goes on when calls are to be made in another way', async () => {
    const logDir = newFolder()
    const [one] = (await evalSet(sums(), { logDir }, quiet)).logs
    const config = { maxRetries: 3, timeout: 60, cache: true }
    const [two] = (await evalSet(sums({ config }), { logDir, maxConnections: 3 }, quiet)).logs
    expect(two?.location).toBe(one?.location)
  })

  it('tells an attempt of a sample that a later attempt at the task did not come to', async () => {
    const failsTwice = (state: TaskState): TaskState => {
      if (left[String(state.sampleId)]!-- > 0) throw new Error(`sample ${state.sampleId} failed`)
      return state
    }
    const left: { [id: string]: number } = { 1: 1, 2: 1, 3: 0 }
    const ends: unknown[] = []
    withHooks({
      onSampleEnd: ({ sample: { id, error, error_retries: retries = [] } }) =>
        void ends.push([id, error?.message, retries?.length]),
    })
    await evalSet(sums({ solver: failsTwice, scorer: [] }), { logDir: newFolder(), maxSamples: 1 }, quiet)
    expect(ends).toEqual([
      [1, "Error('sample 1 failed')", 0],
      [2, "Error('sample 2 failed')", 0],
      [3, undefined, 0],
      [1, undefined, 1],
      [2, undefined, 1],
    ])
  })

  it('has not succeeded when it was cancelled before it began', async () => {
    const cancelled = { logDir: newFolder(), signal: AbortSignal.abort() }
    expect(await evalSet(sums(), cancelled, quiet)).toEqual({ success: false, logs: [] })
  })
})

describe('the folder of an eval set', () => {
  it('is worked on by one call at a time', async () => {
    const logDir = newFolder()
    const [first, second] = await Promise.allSettled([
      evalSet(sums(), { logDir }, quiet),
      evalSet(sums(), { logDir }, quiet),
    ])
    expect([first, second].map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect([first, second].find(({ status }) => status === 'rejected')).toMatchObject({
      reason: {
        code: 'BAD_OPTION',
        message: `logDir: this process works on the eval set in ${logDir}; wait for it, or give another folder`,
      },
    })
    expect((await evalSet(sums(), { logDir }, quiet)).success).toBe(true)
    expect(readdirSync(logDir).filter((name) => name.endsWith('.eval'))).toHaveLength(1)
  })

  it.each([
    ['has ended', { ...thisWriter(), start: '1' }],
    ['is elsewhere', { ...thisWriter(), place: 'another machine' }],
  ])('is taken over from a process that %s', async (_, writer) => {
    const logDir = newFolder()
    writeFileSync(join(logDir, '.eval-set-lock'), JSON.stringify(writer))
    expect((await evalSet(sums(), { logDir }, quiet)).success).toBe(true)
    expect(readdirSync(logDir)).not.toContain('.eval-set-lock')
  })

  it('may have logs that cannot be read, of which the user is told', async () => {
    const logDir = newFolder()
    await evalSet(sums(), { logDir }, quiet)
    const broken = join(logDir, '2026-01-01T00-00-00-00-00_sums_x.eval')
    writeFileSync(broken, 'PK')
    const reports: string[] = []
    const report = (line: string): void => void reports.push(line)
    expect((await evalSet(sums(), { logDir }, { ...quiet, report })).success).toBe(true)
    expect(reports).toEqual([
      `${broken}: is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote; the eval set goes on without it, and runs again what it may hold`,
    ])
  })

  it('cannot be a file', async () => {
    const logDir = join(newFolder(), 'file')
    writeFileSync(logDir, '')
    await expect(evalSet(sums(), { logDir }, quiet)).rejects.toMatchObject({
      code: 'UNWRITABLE_LOG',
      message: expect.stringContaining(`${logDir}: `) as string,
    })
  })
})

it('a retry does not mix the answers of two models', async () => {
  const logDir = newFolder()
  const [log] = await evaluate(sums({ solver: [generate(), failing(1)] }), { logDir }, quiet)
  const other = { ...quickModel(), model: 'other' }
  await expect(evalRetry(log!.location, sums({ model: other }), { logDir }, quiet)).rejects.toThrow(
    'has answers of mockllm/model, and not of mockllm/other; retry it with the same model',
  )
})

it('samples that cannot be written fail the task as others do', async () => {
  const unwritable = sums({
    solver: (state) => {
      state.store['big'] = 1n as never
      return state
    },
  })
  const [log] = await evaluate(unwritable, { logDir: newFolder() }, { ...quiet, report: () => {} })
  expect(log).toMatchObject({ status: 'error', error: { message: expect.stringContaining('BigInt') } })
})
