/**
 * `run-samples.ts KIND COUNT FOLDER` runs so many samples with a model that answers at once, and sends microseconds for each,
 * as they pass and as all threads of the process use them, and its memory. KIND: `plain` (no runner), `none` or `empty`
 * (hooks), or `conversation`: one sample with so many calls, each with all messages of those before it.
 */
import {
  evaluate,
  generate,
  Hooks,
  hookNames,
  hooks,
  includes,
  mockModel,
  task,
  type Generate,
  type TaskState,
} from '../src/index.ts'
import { takeEvents } from '../src/hooks/take-events.ts'

const [, , kind, count, folder] = process.argv
const samples = Number(count)
// No two answers of a conversation are the same: a log has what is said again only once.
const model = mockModel(({ length }) => `the answer, number ${length}`)
let halfWay = 0
let done = 0
const start = performance.now()
const usedBefore = process.cpuUsage()

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
  const isConversation = kind === 'conversation'
  const length = isConversation ? 1 : samples
  const dataset = Array.from({ length }, (_, index) => ({ input: `question ${index}`, target: 'answer' }))
  await evaluate(
    task({ name: 'bench', dataset, solver: isConversation ? converse : generate(), scorer: includes(), model }),
    { logDir: folder, maxSamples: 100 },
    {
      banner: () => {},
    },
  )
}
const used = process.cpuUsage(usedBefore)
process.send!({
  µs: ((performance.now() - start) * 1000) / samples,
  'µs of CPU': (used.user + used.system) / samples,
  'MB half-way': halfWay,
  'MB at most': process.resourceUsage().maxRSS / 1024,
})
process.disconnect()

async function converse(state: TaskState, ask: Generate): Promise<TaskState> {
  for (let number = 1; number < samples; number += 1) {
    await ask(state)
    finished()
    state.messages.push({ role: 'user', content: `question ${number}` })
  }
  return await ask(state)
}

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
