/**
 * Hooks of your own: a class with the few methods it needs. Run it after `npm run build`: node examples/own-hook.ts
 */
import { Emitter, Hooks, hooks, startHooks, type RunEnd, type SampleEnd } from 'evalspan'

class ScoreLogger extends Hooks {
  #scores = 0

  // Asked before every call: here the hooks are on unless SCORES=off.
  override enabled(): boolean {
    return process.env['SCORES'] !== 'off'
  }

  override onSampleEnd({ sample }: SampleEnd): void {
    for (const [scorer, { value }] of Object.entries(sample.scores ?? {})) {
      this.#scores += 1
      console.log(`sample ${sample.id}, epoch ${sample.epoch}: ${scorer} = ${JSON.stringify(value)}`)
    }
  }

  override onRunEnd({ run_id }: RunEnd): void {
    console.log(`run ${run_id} is over with ${this.#scores} scores`)
  }
}
hooks('score_logger', 'Prints every score')(ScoreLogger)

// What follows is what a runner does; hooks need none of it.
await startHooks({ host: 'evalspan', banner: (line) => console.error(line) })
const emitter = new Emitter()
const run = { run_id: 'example-run' }
for (const [id, value] of [
  [1, 'C'],
  [2, 'I'],
] as const) {
  const sample = {
    id,
    epoch: 1,
    input: `${id} + 1`,
    target: `${id + 1}`,
    messages: [],
    events: [],
    scores: { match: { value } },
  }
  await emitter.emit('onSampleEnd', { ...run, eval_id: 'example-eval', sample_id: `uuid-${id}`, sample }, now())
}
await emitter.emit('onRunEnd', { ...run, logs: [] }, now())

function now(): { time: string; host: 'evalspan'; replay: false } {
  return { time: new Date().toISOString(), host: 'evalspan', replay: false }
}
