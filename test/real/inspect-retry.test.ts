import { expect, it } from 'vitest'
import { evaluate, generate, match, mockModel, openLog, task, type TaskState } from '../../src/index.ts'
import { parse } from '../../src/inspect/json.ts'
import { temporaryFolder } from '../inspect/temporary-file.ts'
import { describeWithInspect, outputOf, pythonCommand } from './inspect-python.ts'

describeWithInspect('a log of a task that failed here', () => {
  it('is gone on with by Inspect, where the task is: what was finished is not run again', async () => {
    const failing = (state: TaskState): TaskState => {
      if (state.sampleId === 2) throw new Error('not this time')
      return state
    }
    const sums = task({
      name: 'sums',
      dataset: [1, 2, 3].map((id) => ({ id, input: '2+2?', target: 'four' })),
      solver: [generate(), failing],
      scorer: match(),
      model: mockModel(() => 'four', { provider: 'fake', model: 'm' }),
    })
    const [failed] = await evaluate(sums, { logDir: temporaryFolder(), maxSamples: 1 }, { banner: () => {} })
    const log = await openLog(failed!.location)
    const first = (await Array.fromAsync(log.samples())).map((entry) => 'sample' in entry && entry.sample)[0]
    await log.close()

    const said = parse(await outputOf(pythonCommand('retry_written.py', failed!.location, temporaryFolder())))
    expect(said).toEqual({
      status: 'success',
      task_id: failed!.eval.task_id,
      samples: [
        [1, first && first.uuid, true, 0],
        [2, expect.any(String), true, 1],
        [3, expect.any(String), true, 0],
      ],
    })
  })
})
