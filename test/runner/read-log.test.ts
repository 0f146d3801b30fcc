import { expect, it } from 'vitest'
import { openLog } from '../../src/index.ts'
import { aTask, run } from './run.ts'

it('the samples of a run are read from its log, those that match', async () => {
  const { logs } = await run(aTask({ epochs: 2 }))
  const log = await openLog(logs[0]!.location)
  const read: unknown[] = []
  for await (const entry of log.samples({ match: ({ epoch }) => epoch === 2 })) {
    read.push('sample' in entry ? [entry.sample.id, entry.sample.epoch] : entry.error)
  }
  await log.close()
  expect([log.header.eval.task, read]).toEqual(['arithmetic', [[1, 2]]])
})
