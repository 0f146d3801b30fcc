/**
 * `run-samples.ts KIND COUNT FOLDER` runs so many samples with a model that answers at once, and sends microseconds for each
 * and the memory of the process. KIND: `plain` (no runner), `none` or `empty` (hooks).
 */
import { evaluate, Hooks, hookNames, hooks, includes, mockModel, task } from '../src/index.ts'
import { takeEvents } from '../src/hooks/take-events.ts'

const [, , kind, count, folder] = process.argv
const samples = Number(count)
const model = mockModel(() => 'the answer')
let halfWay = 0
let done = 0
const start = performance.now()

function finished(): void {
  done += 1
  if (done === Math.floor(samples / 2)) halfWay = memory()
}

if (kind === 'plain') await plain()
else {
  // Also the runner without hooks has to be watched by something.
  class Watch extends Hooks {
    override onSampleEnd(): void {
      finished()
    }
  }
  hooks('watch', 'Counts samples')(Watch)
  if (kind === 'empty') {
    class Empty extends Hooks {}
    takeEvents(Empty, hookNames, () => {})
    hooks('empty', 'Does nothing')(Empty)
  }
  const dataset = Array.from({ length: samples }, (_, index) => ({ input: `question ${index}`, target: 'answer' }))
  await evaluate(
    task({ name: 'bench', dataset, scorer: includes(), model }),
    { logDir: folder, maxSamples: 100 },
    {
      banner: () => {},
    },
  )
}
process.send!({
  µs: ((performance.now() - start) * 1000) / samples,
  'MB half-way': halfWay,
  'MB at most': process.resourceUsage().maxRSS / 1024,
})
process.disconnect()

/** The same calls of the model and the same judgement, a hundred at a time. */
async function plain(): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      while (next < samples) {
        next += 1
        const input = [{ role: 'user' as const, content: `question ${next}` }]
        const abortSignal = new AbortController().signal
        const output = await model.generate({ input, tools: [], toolChoice: 'none', config: {}, abortSignal })
        if (!output.completion?.includes('answer')) throw new Error('wrong')
        finished()
      }
    }),
  )
}

function memory(): number {
  return process.memoryUsage().rss / 1e6
}
