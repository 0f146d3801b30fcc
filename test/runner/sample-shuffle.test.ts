import { expect, it, vi } from 'vitest'
import { aTask, run } from './run.ts'

const dataset = Array.from({ length: 9 }, (_, index) => ({ id: index + 1, input: `${index}`, target: '4' }))

it('samples are in the random order of a seed, before some are taken', async () => {
  const { logs, samples } = await run(aTask({ dataset }), { sampleShuffle: 7, limit: 4, maxSamples: 1 })
  const { dataset: of, config } = logs[0]!.eval
  // As `random.Random(7).shuffle` of Python has it.
  expect([of, config['sample_shuffle'], samples.map(({ id }) => id)]).toEqual([
    { samples: 9, sample_ids: [2, 7, 8, 5], shuffled: true },
    7,
    [2, 7, 8, 5],
  ])
})

it('a model is taken from INSPECT_EVAL_MODEL when none is given', async () => {
  vi.stubEnv('INSPECT_EVAL_MODEL', 'mockllm/one,mockllm/two')
  const { logs } = await run(aTask({ model: undefined }))
  expect(logs.map((log) => log.eval.model)).toEqual(['mockllm/one', 'mockllm/two'])
})
