/**
 * An eval set with retries: a task that fails is run again at once, without the samples that were finished, and a set
 * whose tasks have all succeeded is left alone. Run it as `node examples/eval-set.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evalSet, generate, includes, mockModel, task, type Solver } from 'evalspan'

let failures = 2
/** As a service that is down for a moment. */
const flaky: Solver = async (state) => {
  if (state.sampleId === 3 && failures-- > 0) throw new Error('the service is down')
  return state
}

const capitals = task({
  name: 'capitals',
  dataset: [
    { input: 'Capital of France?', target: 'Paris' },
    { input: 'Capital of Norway?', target: 'Oslo' },
    { input: 'Capital of Chile?', target: 'Santiago' },
  ],
  solver: [generate(), flaky],
  scorer: includes(),
  model: mockModel(() => 'Paris, Oslo or Santiago.'),
})

const logDir = await mkdtemp(join(tmpdir(), 'evalspan-set-'))
const first = await evalSet(capitals, { logDir, maxSamples: 1 })
console.log(`first call: ${first.success ? 'success' : 'failure'}, ${2 - failures} failures on the way`)
for (const { eval: spec, results } of first.logs) {
  console.log(
    `${spec.task}: accuracy ${results?.scores[0]?.metrics['accuracy']?.value} of ${results?.total_samples} samples`,
  )
}
const again = await evalSet(capitals, { logDir })
console.log(`second call: ${again.success ? 'success' : 'failure'}, nothing was left to do`)
await rm(logDir, { recursive: true })
