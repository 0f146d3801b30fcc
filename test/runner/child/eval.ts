/**
 * A program with an eval in it, as a user writes it. It says `{"begun":true}` when its second sample waits for an answer that
 * does not come, and what was given at its end.
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { evaluate, generate, hooks, Hooks, match, mockModel, task } from '../../../src/index.ts'

export interface EvalRun {
  readonly logDir: string
  /** It has a listener for signals of its own, which says so. */
  readonly ownListener?: boolean
  /** A hook keeps the end of the task waiting for ever. */
  readonly stuck?: boolean
  /** What the model waits for cannot come any more. */
  readonly waitsForNothing?: boolean
  /** A run goes before it, in a folder of its own, which takes so long that its progress is drawn. */
  readonly second?: boolean
}

const {
  logDir,
  ownListener = false,
  stuck = false,
  waitsForNothing = false,
  second = false,
} = JSON.parse(process.argv[2] ?? '{}') as EvalRun

if (ownListener) process.on('SIGINT', () => tell({ heard: true }))

class Ends extends Hooks {
  override async onTaskEnd(): Promise<void> {
    if (!stuck) return
    tell({ stuck: true })
    await sleep(60_000)
  }
}
hooks('ends', 'Waits at the end of tasks')(Ends)

const arithmetic = task({
  name: 'arithmetic',
  dataset: [1, 2, 3].map((id) => ({ id, input: `What is ${id}+0?`, target: String(id) })),
  model: mockModel(async (input) => {
    if (input[0]!.content === 'What is 1+0?') return '1'
    tell({ begun: true })
    if (waitsForNothing) return await new Promise<never>(() => {})
    return sleep(ownListener ? 500 : 60_000, 'late')
  }),
  solver: generate(),
  scorer: match(),
})

if (second) {
  const model = mockModel(undefined, { delayMs: 700 })
  const dataset = [{ input: 'Well?' }, { input: 'Well?' }]
  await evaluate(task({ name: 'before', dataset, model }), { logDir: join(logDir, 'before'), maxSamples: 1 })
}
const logs = await evaluate(arithmetic, { logDir, maxSamples: 1 })
tell({ statuses: logs.map(({ status }) => status) })
await sleep(10)
tell({ after: true })

/** At once, so that what was told before a kill is known. */
function tell(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`)
}
