/**
 * An eval as its host sees it: `host-eval.ts LOG PACE` fires the events of a log's samples, some at a time, and waits
 * before each model event for as long as the call took (PACE in milliseconds). Prints the milliseconds from the run's start
 * to its end as JSON. With a destination in the environment everything is mapped and stored; without one hooks are off.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { HookEvent } from '../src/hooks/hooks.ts'
import { openSession } from '../src/builtin.ts'
import { replay } from '../src/sources/replay.ts'

const [, , path, pace] = process.argv
const callMs = Number(pace)
const samplesAtOnce = 20

const all = await Array.fromAsync(replay([path!], { onProblem: (error) => console.error(error.message) }))
const samples = Map.groupBy(all.filter(isOfSample), ({ data }) => data.sample_id)
const before = all.slice(0, all.findIndex(isOfSample))
const after = all.slice(all.findLastIndex(isOfSample) + 1)

const session = await openSession({ host: 'inspect', report: () => {} })
const start = performance.now()
await fire(before)
const waiting = samples.values()
await Promise.all(
  Array.from({ length: samplesAtOnce }, async () => {
    for (const events of waiting) await fire(events)
  }),
)
await fire(after)
const milliseconds = performance.now() - start
process.send!({ milliseconds, events: all.length })
await session.close()

async function fire(events: readonly HookEvent[]): Promise<void> {
  for (const { hook, data, meta } of events) {
    if (callMs > 0 && hook === 'onSampleEvent' && data.event.event === 'model') await sleep(callMs)
    await session.emitter.emit(hook, data, meta)
  }
}

type OfSample = HookEvent & { readonly data: { readonly sample_id: string } }

function isOfSample(event: HookEvent): event is OfSample {
  return 'sample_id' in event.data && typeof event.data.sample_id === 'string'
}
