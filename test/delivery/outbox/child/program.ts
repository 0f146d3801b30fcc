/** A program that hands over spans to a backend that never answers, and ends in some way: `program.ts PATH COUNT END`. */
import { Delivery } from '../../../../src/delivery/delivery.ts'
import { Store } from '../../../../src/delivery/store.ts'
import { atProcessEnd } from '../../../../src/session/process-end.ts'
import { spanItems } from '../../items.ts'
import { ScriptedSink } from '../../scripted-sink.ts'

const [path, count, end] = process.argv.slice(2) as [string, string, string]
const sink = new ScriptedSink(() => new Promise(() => {}))
const delivery = new Delivery({
  sinks: [sink],
  paths: [path],
  flushTimeoutMs: 200,
  maxBytes: 1e9,
  report: console.error,
})
atProcessEnd({
  exit: () => delivery.store.finish(),
  finish: end.startsWith('signal') ? () => delivery.close() : undefined,
})
if (end === 'signal-own') process.once('SIGTERM', () => setTimeout(() => process.exit(5), 1_000))
if (end.startsWith('signal')) {
  await delivery.commit(spanItems(Number(count)))
  console.log('ready')
  setInterval(() => {}, 1_000)
} else {
  // Nobody waits for what becomes of it.
  void delivery.commit(spanItems(Number(count)))
  if (end === 'exit') process.exit(3)
  if (end === 'throw') throw new Error('the program is broken')
  if (end === 'reject') void Promise.reject(new Error('the program is broken'))
  if (end === 'asked') {
    await delivery.store.close({})
    // Which of the two answers ends the thread first is a matter of luck.
    for (let round = 0; round < 10; round += 1) {
      const store = new Store({ sinks: [], metricSinks: [], paths: [path], maxBytes: 1e9, tell: console.error })
      const closed = store.close({})
      store.instanceId().catch(() => {})
      // oxlint-disable-next-line no-await-in-loop
      await closed
    }
    process.exitCode = 4
  }
}
